/** Adds up times, ms. */
interface Stopwatch {
  start(now: number): void;
  stop(now: number): void;
  readonly total: number;
}

export function createStopwatch(): Stopwatch {
  let total = 0;
  let since: number | null = null;
  return {
    start(now) {
      since = now;
    },
    stop(now) {
      total += since === null ? 0 : now - since;
      since = null;
    },
    get total() {
      return total;
    },
  };
}
