import type { Clock } from './host.ts';

/** The longest time that a timer of Node's takes; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

/** When the time was last asked for: what was told, and what the steady clock showed. */
let told = 0;
let toldAt = 0;

/**
 * The time, which never goes back as long as the process lives: what is planned, leases included,
 * would wait until it is that late again. A clock that is set back is caught up with.
 */
function now(): number {
  const [wall, steady] = [Date.now(), performance.now()];
  told = wall >= told ? wall : told + (steady - toldAt);
  toldAt = steady;
  return Math.floor(told);
}

/** The real clock. */
export const systemClock: Clock = {
  now,
  monotonic: () => performance.now(),
  turn: () => new Promise((resolve) => setImmediate(resolve)),
  async sleep(ms, signal) {
    const end = performance.now() + ms;
    for (let left = ms; left > 0; left = end - performance.now()) {
      if (signal?.aborted === true) return;
      await pause(Math.min(left, LONGEST), signal);
    }
  },
};

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
