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
