import { setImmediate } from 'node:timers';
import type { Clock } from '../../src/host/host.ts';

/** A clock for real sockets: pauses pass at once, the 30 s network limits only with `expire`. */
export interface TestClock extends Clock {
  /** Every pause that passed, ms; network limits left out. */
  readonly pauses: readonly number[];
  /** Resolves when a network limit is being waited for. */
  limited(): Promise<void>;
  /** Lets 30 s pass for all who wait for a network limit. */
  expire(): void;
}

const LIMIT = 30_000;

export function testClock(start = Date.UTC(2026, 10, 22, 12)): TestClock {
  const pauses: number[] = [];
  const waiting = new Set<() => void>();
  const watchers: (() => void)[] = [];
  let time = start;
  return {
    pauses,
    now: () => time,
    monotonic: () => time - start,
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    sleep(ms, signal) {
      if (signal?.aborted === true) return Promise.resolve();
      // A call at a gate of the sandbox sleeps for ever: that is no time that passes.
      if (ms === Infinity) return new Promise(() => undefined);
      if (ms !== LIMIT) {
        pauses.push(ms);
        time += ms;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
        signal?.addEventListener('abort', wake, { once: true });
        for (const watcher of watchers.splice(0)) watcher();
      });
    },
    limited: () =>
      waiting.size > 0 ? Promise.resolve() : new Promise((resolve) => watchers.push(resolve)),
    expire() {
      time += LIMIT;
      for (const wake of waiting) wake();
    },
  };
}
