import { setImmediate } from 'node:timers';
import type { Clock } from '../../src/host/host.ts';
import { begin, end, inNextTurn, isAtWork, lend, onWorkEnded } from './under-way.ts';

interface Sleeper {
  due: number;
  order: number;
  wake(): void;
}

/**
 * A clock that moves only when nothing is under way in this process but sleep, and then straight to
 * the earliest due time. Exchanges, files, threads of the system and child processes are work.
 */
export interface VirtualClock extends Clock {
  /** Every pause that was asked for, in the order of asking, ms. */
  readonly pauses: readonly number[];
  /** Moves the time on without waking anybody. */
  advance(ms: number): void;
  /** Time stands still until this is over: for work that cannot be seen from here. */
  busy<T>(work: () => Promise<T>): Promise<T>;
  /**
   * The same time for a server in this process: while it sleeps over an exchange, that exchange is
   * no work.
   */
  readonly server: Pick<Clock, 'now' | 'sleep'>;
}

const START = Date.UTC(2026, 10, 20, 9);

/** So many turns of the event loop without work: what was just read may begin more. */
const QUIET = 3;

/** What Node itself lists as requests to the system, whatever is counted here. */
const PENDING = /^(?:FS|FileHandleClose|GetAddrInfo|TCPConnect|PipeConnect).*(?:Req|Wrap)/;

/** Throws where the time is about to be moved although something is under way. */
export function refuseJump(resources: readonly string[]): void {
  const pending = resources.filter((resource) => PENDING.test(resource));
  if (pending.length > 0) throw new Error(`time would move during ${pending.join(', ')}`);
}

async function busy<T>(work: () => Promise<T>): Promise<T> {
  const key = {};
  begin(key);
  try {
    return await work();
  } finally {
    end(key);
  }
}

export function virtualClock(start = START): VirtualClock {
  const sleepers: Sleeper[] = [];
  const pauses: number[] = [];
  let time = start;
  let order = 0;
  let stopWatching: (() => void) | null = null;
  let isCounting = false;

  const schedule = (): void => {
    if (sleepers.length === 0) {
      stopWatching?.();
      stopWatching = null;
      return;
    }
    stopWatching ??= onWorkEnded(schedule);
    if (isCounting || isAtWork()) return;
    isCounting = true;
    inNextTurn(() => count(QUIET));
  };

  const count = (turns: number): void => {
    isCounting = false;
    if (isAtWork()) return;
    isCounting = true;
    if (turns > 1) inNextTurn(() => count(turns - 1));
    else jump();
  };

  const jump = (): void => {
    isCounting = false;
    sleepers.sort((a, b) => a.due - b.due || a.order - b.order);
    const next = sleepers[0];
    if (next !== undefined && next.due < Infinity) {
      refuseJump(process.getActiveResourcesInfo());
      sleepers.shift();

      time = Math.max(time, next.due);
      next.wake();
      schedule();
    }
  };

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const sleeper: Sleeper = {
        due: time + Math.max(0, ms),
        order: (order += 1),
        wake: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
      };
      const leave = (): void => {
        sleepers.splice(sleepers.indexOf(sleeper), 1);
        resolve();
      };
      signal?.addEventListener('abort', leave, { once: true });
      sleepers.push(sleeper);
      schedule();
    });

  return {
    pauses,
    now: () => time,
    monotonic: () => time - start,
    advance: (ms) => {
      time += ms;
    },
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    sleep: (ms, signal) => {
      pauses.push(ms);
      return signal?.aborted === true ? Promise.resolve() : sleep(ms, signal);
    },
    busy,
    server: {
      now: () => time,
      async sleep(ms, signal) {
        if (signal?.aborted === true) return;
        await lend(() => sleep(ms, signal));
      },
    },
  };
}
