import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { systemClock } from '../../src/host/system-clock.ts';
import { type CallLogEntry, type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Act } from './script.ts';

const BIN = resolve(import.meta.dirname, '../../bin/gdpr.ts');

export const CREDENTIALS = {
  stream: { apiKey: 'chaos', apiSecret: 'chaos-secret-5f20c1aa9784' },
  sendbird: { applicationId: 'CHAOS', apiToken: 'chaos-token-77b0e4d29c' },
};

/** Where an act is played: its sandbox, its folder, and the real program. */
export interface World {
  sandbox: Sandbox;
  dir: string;
  log: readonly CallLogEntry[];
  start(args: readonly string[]): Process;
  /** Runs the program to its end. */
  run(args: readonly string[]): Promise<Ended>;
  /** Resolves once so many calls more are logged than now. */
  afterCalls(count: number): Promise<void>;
  /** Takes it down; what is to be looked into stays on disk. */
  strike(keep: boolean): Promise<void>;
}

/** The program while it runs. */
export interface Process {
  kill(signal: NodeJS.Signals): void;
  ended: Promise<Ended>;
}

/** How a process ended. */
export interface Ended {
  args: readonly string[];
  /** null: a signal ended it. */
  code: number | null;
  signal: string | null;
  out: string;
  err: string;
  /** How long it took. */
  ms: number;
}

/** Longest that a process may take, ms: beyond it something hangs. */
const LIMIT = 150_000;

export async function openWorld({ seed, users, taskTime }: Act): Promise<World> {
  const log: CallLogEntry[] = [];
  let watchers: { from: number; tell(): void }[] = [];
  const sandbox = await startSandbox({
    port: 0,
    seed,
    users,
    taskTime,
    latency: 0,
    rate: 1000,
    credentials: CREDENTIALS,
    clock: systemClock,
    log(entry) {
      log.push(entry);
      const due = watchers.filter(({ from }) => from <= log.length);
      watchers = watchers.filter(({ from }) => from > log.length);
      for (const watcher of due) watcher.tell();
    },
    faults: [],
  });
  const dir = await mkdtemp(join(tmpdir(), 'gdpr-chaos-'));
  const env = environment(dir, sandbox.origin);
  const start: World['start'] = (args) => launch(args, dir, env);
  return {
    sandbox,
    dir,
    log,
    start,
    run: (args) => start(args).ended,
    afterCalls: (count) =>
      new Promise((tell) => void watchers.push({ from: log.length + count, tell })),
    async strike(keep) {
      await sandbox.close();
      if (!keep) await rm(dir, { recursive: true });
      // With it `env $(cat env) node bin/gdpr.ts status --offline <request>` looks at the ledger.
      else await writeFile(join(dir, 'env'), lines(env), { mode: 0o600 });
    },
  };
}

function environment(dir: string, origin: string): Record<string, string> {
  return {
    HOME: dir,
    XDG_CACHE_HOME: join(tmpdir(), 'gdpr-test-cache'),
    GDPR_STATE_DIR: join(dir, 'state'),
    GDPR_OPERATOR: 'chaos',
    STREAM_API_KEY: CREDENTIALS.stream.apiKey,
    STREAM_API_SECRET: CREDENTIALS.stream.apiSecret,
    STREAM_BASE_URL: origin,
    SENDBIRD_APP_ID: CREDENTIALS.sendbird.applicationId,
    SENDBIRD_API_TOKEN: CREDENTIALS.sendbird.apiToken,
    SENDBIRD_BASE_URL: origin,
  };
}

function launch(args: readonly string[], cwd: string, env: Record<string, string>): Process {
  const child = execa(process.execPath, [BIN, ...args], {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: LIMIT,
    killSignal: 'SIGKILL',
    maxBuffer: 100_000_000,
  });
  const ended = child.then(({ exitCode, signal, stdout, stderr, timedOut, durationMs }): Ended => {
    const late = timedOut ? `\nkilled by the driver: it took more than ${LIMIT} ms` : '';
    return {
      args,
      code: exitCode ?? null,
      signal: timedOut ? 'timeout' : (signal ?? null),
      out: stdout,
      err: `${stderr}${late}`,
      ms: Math.round(durationMs),
    };
  });
  return { kill: (signal) => void child.kill(signal), ended };
}

function lines(env: Record<string, string>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
