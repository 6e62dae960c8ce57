import { resolve } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { type Options, execa } from 'execa';
import { main } from '../../src/main.ts';
import { type FakeHost, fakeHost } from '../support/host.ts';

const BIN = resolve(import.meta.dirname, '../../bin/gdpr.ts');

/** How a program ended, and what it said, without the last line end. */
export interface Run {
  code: number;
  out: string;
  err: string;
}

export interface RunOptions {
  /** In place of the stage's. */
  env?: Readonly<Record<string, string>>;
  /** In place of the stage's folder. */
  cwd?: string;
  /** What stands on stdin; default: nothing ever comes. */
  input?: string;
  /** Other parts of the world. */
  host?: Partial<FakeHost>;
}

/** The signals that stop a program, with the exit code of each. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** A program that runs in this process; resolves as a process does. */
export interface Running extends Promise<{ exitCode: number; stdout: string; stderr: string }> {
  pid: number;
  /** What such a signal does: it reaches the program as `host.stop`. */
  kill(signal: keyof typeof SIGNALS): void;
  /** Resolves once this stands on stderr. */
  said(text: string): Promise<void>;
}

let runs = 0;
let ids = 0;

/** How `gdpr` is started in this process: each run is a process of its own to the ledger. */
export function launcher(
  { dir, env: usual }: { dir: string; env: Readonly<Record<string, string>> },
  world: Partial<FakeHost>,
): (args: readonly string[], options?: RunOptions) => Running {
  const alive = new Set<number>();
  return (args, { env = usual, cwd = dir, input, host: more } = {}) => {
    const pid = (runs += 1);
    const stream = input === undefined ? new PassThrough() : Readable.from([input]);
    const host = fakeHost({
      cwd,
      home: dir,
      uid: process.getuid?.() ?? 0,
      env: { PATH: process.env['PATH'], ...env },
      stdin: { isTTY: false, stream, onContinued: () => () => {} },
      process: { host: 'desk', boot: 'boot-1', pid, started: '1' },
      isAlive: (other) => alive.has(other.pid),
      newId: () => `01K5Z1${String((ids += 1)).padStart(20, '0')}`,
      ...world,
      ...more,
    });
    const run = async (): Promise<Awaited<Running>> => {
      alive.add(pid);
      const exitCode = await main(args, host).finally(() => alive.delete(pid));
      const [stdout, stderr] = [host.stdout.text, host.stderr.text];
      return { exitCode, stdout: withoutEnd(stdout), stderr: withoutEnd(stderr) };
    };
    return Object.assign(run(), {
      pid,
      said: (text: string) => host.stderr.until((heard) => heard.includes(text)),
      kill: (signal: keyof typeof SIGNALS) => host.interrupt(SIGNALS[signal]),
    });
  };
}

function withoutEnd(text: string): string {
  return text.replace(/\n$/, '');
}

/** Starts `gdpr` as a process of its own, with no environment but what it is given. */
export function launch(
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

/** Resolves once a process has said this on stderr. */
export async function said(process: ReturnType<typeof launch>, text: string): Promise<void> {
  let heard = '';
  for await (const chunk of process.stderr ?? []) {
    heard += String(chunk);
    if (heard.includes(text)) return;
  }
  throw new Error(`it ended without saying "${text}": ${heard}`);
}
