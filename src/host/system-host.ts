import { createRequire } from 'node:module';
import { constants, homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { isatty } from 'node:tty';
import type * as Ulid from 'ulid';
import type { Host, ProcessIdentity } from './host.ts';
import { systemClock } from './system-clock.ts';
import { systemOutput } from './system-output.ts';
import { isAlive, ownIdentity } from './system-process.ts';

/**
 * The real world. What costs time to find out (names, the process's identity, the streams, the
 * id maker) is found out when it is first asked for. `bin.exit` ends the process at once.
 */
export function systemHost(bin: { exit(code: number): never }): Host {
  const identity = once(ownIdentity);
  const nextId = once(idMaker);
  const user = once(userName);
  return {
    get cwd() {
      return currentFolder();
    },
    env: process.env,
    get home() {
      return homeFolder();
    },
    get user() {
      return user();
    },
    // Always there on the systems that are supported.
    uid: process.getuid?.() ?? 0,
    node: process.versions.node,
    stdout: systemOutput(1),
    stderr: systemOutput(2),
    stdin: {
      isTTY: isatty(0),
      get stream() {
        return process.stdin;
      },
      onContinued: (listener) => {
        process.on('SIGCONT', listener);
        return () => process.off('SIGCONT', listener);
      },
    },
    clock: systemClock,
    random: () => Math.random(),
    newId: () => nextId()(systemClock.now()),
    get process() {
      return identity();
    },
    isAlive: (other: ProcessIdentity) => isAlive(other, identity()),
    stop: stopSignal((code) => bin.exit(code)),
  };
}

function once<T>(find: () => T): () => T {
  let found: { value: T } | null = null;
  return () => (found ??= { value: find() }).value;
}

/** Ids of one process rise even within a millisecond. Required late: it takes 5 ms to load. */
function idMaker(): (now: number) => string {
  const ulid: typeof Ulid = createRequire(import.meta.url)('ulid');
  return ulid.monotonicFactory();
}

/** A container may run under a uid that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return process.env['USER'] ?? process.env['LOGNAME'] ?? `uid ${process.getuid?.() ?? 0}`;
  }
}

/** `HOME` may be empty or relative; the ledger must not move with the current folder. */
function homeFolder(): string {
  const home = homedir();
  return isAbsolute(home) ? home : userInfo().homedir;
}

/** The current folder may have been deleted under us; absolute paths do without it. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return '/';
    throw thrown;
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Aborts at the first SIGINT, SIGTERM or SIGHUP with the exit code for it as the reason (128 and
 * the signal's number, as shells count). At the second, `exit` is called at once.
 */
export function stopSignal(exit: (code: number) => never): AbortSignal {
  const stop = new AbortController();
  for (const signal of SIGNALS) {
    const code = 128 + constants.signals[signal];
    process.on(signal, () => {
      if (stop.signal.aborted) exit(code);
      stop.abort(code);
    });
  }
  return stop.signal;
}
