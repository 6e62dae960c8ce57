import type { Clock } from '../host.ts';

/** Wakes a run that sleeps. */
interface Bell {
  ring: () => void;
  hasRung(): boolean;
  /** What rings from now on is not slept through. */
  hang(): void;
  /** Until it has rung, or for so long (ms); what ends in the same turn is waited for. */
  sleep(ms: number): Promise<void>;
}

export function createBell(clock: Clock, stop: AbortSignal): Bell {
  let hasRung = false;
  let sleeper: AbortController | null = null;
  const ring = (): void => {
    hasRung = true;
    sleeper?.abort();
  };
  stop.addEventListener('abort', ring, { once: true });
  return {
    ring,
    hasRung: () => hasRung,
    hang() {
      hasRung = stop.aborted;
    },
    async sleep(ms) {
      if (!hasRung && ms > 0) {
        sleeper = new AbortController();
        await clock.sleep(Math.ceil(ms), sleeper.signal);
        sleeper = null;
      }
      await clock.turn();
    },
  };
}
