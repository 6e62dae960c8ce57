import { EventEmitter, once } from 'node:events';
import { globSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Options } from 'execa';
import { onTestFinished } from 'vitest';
import type { Clock, ProcessIdentity } from '../../src/host/host.ts';
import { systemClock } from '../../src/host/system-clock.ts';
import { isAlive, ownIdentity } from '../../src/host/system-process.ts';
import {
  type CallLogEntry,
  type Sandbox,
  type SandboxOptions,
  parseFault,
  startSandbox,
} from '../../src/sandbox/sandbox.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';
import { type Run, type RunOptions, type Running, launch, launcher } from './launch.ts';

/** Distinct enough to be found wherever they should not be. */
const CREDENTIALS = {
  stream: { apiKey: 'key-canary-8431', apiSecret: 'secret-canary-5f20c1aa97' },
  sendbird: { applicationId: 'APP-CANARY-1', apiToken: 'token-canary-77b0e4d29c' },
};

/** A sandbox, a folder of its own for the operator, and the program. */
export interface Stage {
  sandbox: Sandbox;
  /** Everything below is the operator's: bundles in `gdpr-exports`, the ledger in `state`. */
  dir: string;
  env: Record<string, string>;
  log: readonly CallLogEntry[];
  /** How often an operation was called, by its name in the fact sheet. */
  calls: (operation: string) => number;
  /** Resolves once this holds; looked at after each call that was answered. */
  until(holds: () => boolean): Promise<void>;
  /** The time of the program in this process and of the sandbox. */
  clock: Clock;
  /** Runs `gdpr` to its end, in this process; never throws for an exit code. */
  gdpr(args: readonly string[], options?: RunOptions): Promise<Run>;
}

/** A stage all of whose programs run in this process, on one virtual clock. */
export interface VirtualStage extends Stage {
  clock: VirtualClock;
  /** Starts `gdpr` in this process. */
  start(args: readonly string[], options?: RunOptions): Running;
}

/** A stage on the system's clock, for what needs a process of its own. */
export interface ProcessStage extends Stage {
  /** Starts `gdpr` as a process and answers with it. */
  start(args: readonly string[], options?: Options): ReturnType<typeof launch>;
}

export interface StageOptions extends Partial<Omit<SandboxOptions, 'faults' | 'clock'>> {
  faults?: readonly string[];
  clock?: VirtualClock;
}

/** Today, at the start of a minute: where the windows of the limits begin must not depend on the run. */
export function wholeMinute(): number {
  return Math.floor(Date.now() / 60_000) * 60_000;
}

/** Sets a stage that is taken down with its test. Tasks are done at once unless `taskTime` says more. */
export async function setStage({
  clock = virtualClock(wholeMinute()),
  ...options
}: StageOptions = {}): Promise<VirtualStage> {
  const stage = await setSandbox(options, clock.server);
  const start = launcher(stage, { clock });
  return { ...stage, clock, start, gdpr: runner(start) };
}

/** The same for tests of signals, terminals, kills and packaging. */
export async function setProcessStage(
  options: Omit<StageOptions, 'clock'> = {},
): Promise<ProcessStage> {
  const stage = await setSandbox(options, systemClock);
  const own = ownIdentity();
  const world = {
    clock: { ...virtualClock(), ...systemClock },
    process: own,
    isAlive: (other: ProcessIdentity) => isAlive(other, own),
  };
  const run = launcher(stage, world);
  return {
    ...stage,
    clock: systemClock,
    gdpr: runner(run),
    start: (args, more) => launch(args, stage.dir, stage.env, more),
  };
}

function runner(start: VirtualStage['start']): Stage['gdpr'] {
  return async (args, options) => {
    const { exitCode, stdout, stderr } = await start(args, options);
    return { code: exitCode, out: stdout, err: stderr };
  };
}

let loaded: Promise<unknown> | null = null;

/** Loads the whole program: what is imported late is nothing that a virtual clock could see. */
async function loadProgram(): Promise<void> {
  const files = globSync('../../src/**/*.ts', { cwd: import.meta.dirname });
  await Promise.all(
    files.map((file) => import(/* @vite-ignore */ join(import.meta.dirname, file))),
  );
}

async function setSandbox(
  { faults = [], ...options }: Omit<StageOptions, 'clock'>,
  clock: SandboxOptions['clock'],
): Promise<Omit<Stage, 'clock' | 'gdpr'>> {
  await (loaded ??= loadProgram());
  const log: CallLogEntry[] = [];
  const logged = new EventEmitter();
  const sandbox = await startSandbox({
    port: 0,
    seed: 1,
    users: 10,
    taskTime: 0,
    latency: 0,
    rate: null,
    credentials: CREDENTIALS,
    clock,
    log(entry) {
      log.push(entry);
      logged.emit('call');
    },
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
  const calls = (operation: string): number =>
    log.filter((entry) => entry.operation === operation).length;
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await once(logged, 'call');
  };
  return { sandbox, dir, env, log, calls, until };
}

/** All files below a folder, with `/` between the parts, sorted. */
export async function tree(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .toSorted();
}
