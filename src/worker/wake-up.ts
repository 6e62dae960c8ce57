import type { Clock } from '../host/host.ts';

/** Wakes a run that sleeps. */
interface WakeUp {
  wake: () => void;
  isSignalled(): boolean;
  /** What is signalled from now on is not slept through. */
  reset(): void;
  /** Until it is signalled, or for so long (ms); what ends in the same turn is waited for. */
  sleep(ms: number): Promise<void>;
}

/** A signal that is also given when `stop` aborts. */
export function createWakeUp(clock: Clock, stop: AbortSignal): WakeUp {
  let isSignalled = false;
  let sleeper: AbortController | null = null;
  const wake = (): void => {
    isSignalled = true;
    sleeper?.abort();
  };
  stop.addEventListener('abort', wake, { once: true });
  return {
    wake,
    isSignalled: () => isSignalled,
    reset() {
      isSignalled = stop.aborted;
    },
    async sleep(ms) {
      if (!isSignalled && ms > 0) {
        sleeper = new AbortController();
        await clock.sleep(Math.ceil(ms), sleeper.signal);
        sleeper = null;
      }
      await clock.turn();
    },
  };
}
