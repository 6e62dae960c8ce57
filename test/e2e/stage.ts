import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Options, execa } from 'execa';
import { onTestFinished } from 'vitest';
import {
  type CallLogEntry,
  type Sandbox,
  type SandboxOptions,
  parseFault,
  startSandbox,
} from '../../src/sandbox/sandbox.ts';

const BIN = resolve(import.meta.dirname, '../../bin/gdpr.ts');

/** Distinct enough to be found wherever they should not be. */
const CREDENTIALS = {
  stream: { apiKey: 'key-canary-8431', apiSecret: 'secret-canary-5f20c1aa97' },
  sendbird: { applicationId: 'APP-CANARY-1', apiToken: 'token-canary-77b0e4d29c' },
};

/** A sandbox, a folder of its own for the operator, and the real program. */
export interface Stage {
  sandbox: Sandbox;
  /** Everything below is the operator's: bundles in `gdpr-exports`, the ledger in `state`. */
  dir: string;
  env: Record<string, string>;
  log: readonly CallLogEntry[];
  /** How often an operation was called, by its name in the fact sheet. */
  calls: (operation: string) => number;
  /** Runs `gdpr` to its end; never throws for an exit code. */
  gdpr(args: readonly string[], options?: Options): Promise<Run>;
  /** Starts `gdpr` and answers with the process. */
  start(args: readonly string[], options?: Options): ReturnType<typeof launch>;
}

interface Run {
  code: number | undefined;
  signal: string | undefined;
  out: string;
  err: string;
}

export interface StageOptions extends Partial<Omit<SandboxOptions, 'faults'>> {
  faults?: readonly string[];
}

/** Sets a stage that is taken down with its test. Tasks are done at once unless `taskTime` says more. */
export async function setStage({ faults = [], ...options }: StageOptions = {}): Promise<Stage> {
  const log: CallLogEntry[] = [];
  const sandbox = await startSandbox({
    port: 0,
    seed: 1,
    users: 10,
    taskTime: 0,
    latency: 0,
    rate: null,
    credentials: CREDENTIALS,
    clock: { now: () => Date.now(), sleep: (ms) => wait(ms) },
    log: (entry) => log.push(entry),
    ...options,
    faults: faults.map(parseFault),
  });
  const dir = await mkdtemp(join(tmpdir(), 'gdpr-e2e-'));
  onTestFinished(async () => {
    await sandbox.close();
    await rm(dir, { recursive: true });
  });
  const env = {
    HOME: dir,
    XDG_CACHE_HOME: join(tmpdir(), 'gdpr-test-cache'),
    GDPR_STATE_DIR: join(dir, 'state'),
    GDPR_OPERATOR: 'jane',
    STREAM_API_KEY: CREDENTIALS.stream.apiKey,
    STREAM_API_SECRET: CREDENTIALS.stream.apiSecret,
    STREAM_BASE_URL: sandbox.origin,
    SENDBIRD_APP_ID: CREDENTIALS.sendbird.applicationId,
    SENDBIRD_API_TOKEN: CREDENTIALS.sendbird.apiToken,
    SENDBIRD_BASE_URL: sandbox.origin,
  };
  const stage: Stage = {
    sandbox,
    dir,
    env,
    log,
    calls: (operation) => log.filter((entry) => entry.operation === operation).length,
    start: (args, more) => launch(args, dir, env, more),
    async gdpr(args, more) {
      const { exitCode, signal, stdout, stderr } = await launch(args, dir, env, more);
      return { code: exitCode, signal, out: String(stdout ?? ''), err: String(stderr ?? '') };
    },
  };
  return stage;
}

/** Starts `gdpr` as a process of its own, with no environment but what it is given. */
function launch(
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
  options: Options = {},
) {
  return execa(process.execPath, [BIN, ...args], {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    ...options,
  });
}

/** All files below a folder, with `/` between the parts, sorted. */
export async function tree(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .toSorted();
}

/** Resolves once a process has said this on stderr. */
export async function said(process: ReturnType<typeof launch>, text: string): Promise<void> {
  let heard = '';
  for await (const chunk of process.stderr ?? []) {
    heard += String(chunk);
    if (heard.includes(text)) return;
  }
  throw new Error(`it ended without saying "${text}": ${heard}`);
}
