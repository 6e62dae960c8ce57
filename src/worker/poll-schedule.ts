import type { Clock } from '../host/host.ts';

/** Requests on a page of a list (docs/providers/sendbird.md 2.3). */
const PAGE = 100;

/** A page more has to be waited for so long, in first intervals between checks; a reading at most so long. */
const EACH_PAGE = 1.5;
const LONGEST = 15;

/** Pages that need not be waited for at first, and each page's worth of news once more. */
const FREE = 40;
const NEWS = 10;

/**
 * When a list of running tasks is read again. A page costs as much when it has no news: readings are
 * spaced by their pages, so that 1,000 tasks which take hours are read twice a minute. Tasks that
 * end soon are found soon all the same: the first pages are free, and news earn more. `interval`
 * is the first between checks, ms.
 */
export function createPollSchedule(interval: number) {
  let nextAt = 0;
  let free = FREE;
  return {
    /** Not before (ms). */
    get nextAt(): number {
      return nextAt;
    },
    /** A reading for so many tasks begins. */
    begin(now: number, tasks: number): void {
      const pages = Math.ceil(tasks / PAGE);
      const isFree = free >= pages;
      if (isFree) free -= pages;
      nextAt = now + interval * (isFree ? 1 : Math.min(LONGEST, EACH_PAGE * pages));
    },
    /** So many of them had ended. */
    found(tasks: number): void {
      free = Math.min(FREE, free + tasks / NEWS);
    },
  };
}
export type PollSchedule = ReturnType<typeof createPollSchedule>;

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
