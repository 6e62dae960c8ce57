import type { Clock } from '../host/host.ts';

/** Wakes a run that sleeps; the signal is also given when `stop` aborts. */
export function createWakeUp(clock: Clock, stop: AbortSignal) {
  let isSignalled = false;
  let sleeper: AbortController | null = null;
  const wake = (): void => {
    isSignalled = true;
    sleeper?.abort();
  };
  stop.addEventListener('abort', wake, { once: true });
  return {
    wake,
    isSignalled: (): boolean => isSignalled,
    /** What is signalled from now on is not slept through. */
    reset(): void {
      isSignalled = stop.aborted;
    },
    /** Until it is signalled, or for so long (ms); what ends in the same turn is waited for. */
    async sleep(ms: number): Promise<void> {
      if (!isSignalled && ms > 0) {
        sleeper = new AbortController();
        await clock.sleep(Math.ceil(ms), sleeper.signal);
        sleeper = null;
      }
      await clock.turn();
    },
  };
}
