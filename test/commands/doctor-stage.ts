import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers';
import { onTestFinished } from 'vitest';
import { main } from '../../src/main.ts';
import { type CallLogEntry, parseFault, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type FakeHost, fakeHost } from '../support/host.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';

/** A clock for real sockets, `skew` ms ahead of the machine's: a pause passes only when it is let. */
export interface SkewedClock extends VirtualClock {
  /** Lets all who sleep go on, whatever they wait for. */
  wakeAll(): void;
}

export function skewedClock(skew = 0): SkewedClock {
  const waiting = new Set<() => void>();
  const pauses: number[] = [];
  return {
    ...virtualClock(),
    pauses,
    now: () => Date.now() + skew,
    monotonic: () => performance.now(),
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    sleep(ms, signal) {
      pauses.push(ms);
      if (signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
        signal?.addEventListener('abort', wake, { once: true });
      });
    },
    wakeAll: () => {
      for (const wake of waiting) wake();
    },
  };
}

interface Check {
  check: string;
  state: string;
  message: string;
  next: string | null;
}

interface Examined {
  code: number;
  out: string;
  err: string;
  /** The checks by name, the last of those that share it; only with `--json`. */
  checks(): Map<string, Check>;
  /** The names of those that are not ok. */
  notOk(): string[];
}

export interface DoctorStage {
  dir: string;
  state: string;
  log: readonly CallLogEntry[];
  env: Record<string, string>;
  /** Runs the whole program without a process, with these variables in place of its own. */
  gdpr(args: readonly string[], more?: Record<string, string>): Promise<Examined>;
  doctor(more?: Record<string, string>): Promise<Examined>;
  files(): string[];
}

export interface StageOptions {
  faults?: readonly string[];
  /** ms. */
  skew?: number;
  clock?: SkewedClock;
  log?: (entry: CallLogEntry) => void;
  host?: Partial<FakeHost>;
}

export const SECRETS = {
  apiSecret: 'canary-stream-secret-0123456789abcdef',
  apiToken: 'canary-sendbird-token-0123456789',
};

/** A sandbox, an empty folder and an environment that points there. */
export async function doctorStage(options: StageOptions = {}): Promise<DoctorStage> {
  const { faults = [], skew = 0, clock = skewedClock(skew) } = options;
  const log: CallLogEntry[] = [];
  const sandbox = await startSandbox({
    port: 0,
    seed: 1,
    users: 10,
    taskTime: 0,
    latency: 0,
    rate: null,
    faults: faults.map(parseFault),
    credentials: {
      stream: { apiKey: 'key-1', apiSecret: SECRETS.apiSecret },
      sendbird: { applicationId: 'APP-1', apiToken: SECRETS.apiToken },
    },
    clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
    log(entry) {
      log.push(entry);
      options.log?.(entry);
    },
  });
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'gdpr-doctor-')));
  onTestFinished(async () => {
    await sandbox.close();
    rmSync(dir, { recursive: true });
  });
  const state = join(dir, 'state');
  const env = {
    GDPR_STATE_DIR: state,
    STREAM_API_KEY: 'key-1',
    STREAM_API_SECRET: SECRETS.apiSecret,
    STREAM_BASE_URL: sandbox.origin,
    SENDBIRD_APP_ID: 'APP-1',
    SENDBIRD_API_TOKEN: SECRETS.apiToken,
    SENDBIRD_BASE_URL: sandbox.origin,
  };
  const stage: DoctorStage = {
    dir,
    state,
    log,
    env,
    async gdpr(args, more = {}) {
      const uid = process.getuid?.() ?? 0;
      const place = { cwd: dir, home: dir, uid, env: { ...env, ...more } };
      const host = fakeHost({ ...place, clock, ...options.host });
      const code = await main(args, host);
      return examined(code, host.stdout.text, host.stderr.text);
    },
    doctor: (more) => stage.gdpr(['doctor', '--json'], more),
    files: () => readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted(),
  };
  return stage;
}

function examined(code: number, out: string, err: string): Examined {
  const all = (): Check[] => JSON.parse(out).checks;
  return {
    code,
    out,
    err,
    checks: () => new Map(all().map((each) => [each.check, each])),
    notOk: () => all().flatMap(({ check, state }) => (state === 'ok' ? [] : [`${check} ${state}`])),
  };
}
