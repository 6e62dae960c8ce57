import type { Holder, Ledger } from '../ledger/ledger.ts';

/** Where a run's requests come from. */
export interface RequestSource {
  /** The next ids, at most `limit`; none: there are no more. */
  next(limit: number): Promise<readonly string[]>;
  /** All that the run is about, also those that have nothing left to do. */
  all(): Iterable<readonly string[]>;
}

/**
 * The fewest requests that are held which have not ended, if there are so many. A second's worth of
 * tasks at several hundred calls a second, the calls of a hundred that they fill, and those who wait
 * for a check must fit in many times; what does not fit waits where it comes from.
 */
const LEAST = 2_000;

/** So many are served by one task: as many tasks as may run must fit in. */
const TOGETHER = 100;

/** More are taken when less than this part of them is left, so many in one go. */
const ENOUGH = 0.75;
const PAGE = 500;

/** The most that wait because other processes hold them. */
const MOST_ASIDE = 2_000;

/**
 * The requests that a run holds, out of many. `outstanding` is how many tasks may run at a provider at once; `interval` (ms) is how often those are
 * tried that others hold.
 */
export function createPrefetch(
  source: RequestSource,
  holder: Holder,
  ledger: Pick<Ledger, 'take' | 'release' | 'releaseEnded'>,
  { outstanding, interval }: { outstanding: number; interval: number },
) {
  const most = Math.max(LEAST, outstanding * TOGETHER);
  const enough = most * ENOUGH;
  let aside: readonly string[] = [];
  let triesAt = 0;
  let isOver = false;
  let held = 0;
  /** Steps that have ended since `held` was counted: at most so many requests have. */
  let endings = 0;

  const retry = async (now: number): Promise<number> => {
    if (aside.length === 0 || now < triesAt) return 0;
    const before = aside.length;
    aside = await untaken(aside, now);
    triesAt = now + interval;
    return before - aside.length;
  };

  const untaken = async (ids: readonly string[], now: number): Promise<readonly string[]> => {
    const taken = new Set(await ledger.take(ids, holder, now));
    return ids.filter((id) => !taken.has(id));
  };

  const isLow = async (isIdle: boolean): Promise<boolean> => {
    if (held < enough) return true;
    if (endings === 0 || (!isIdle && endings < held - enough + PAGE / 5)) return false;
    endings = 0;
    held = await ledger.releaseEnded(holder);
    return held < enough;
  };

  const pull = async (now: number): Promise<number> => {
    let taken = 0;
    while (!isOver && taken < PAGE && held < most && aside.length < MOST_ASIDE) {
      const ids = await source.next(Math.min(PAGE, most - held));
      isOver = ids.length === 0;
      if (isOver) break;
      const left = await untaken(ids, now);
      if (aside.length === 0) triesAt = now + interval;
      aside = [...aside, ...left];
      taken += ids.length - left.length;
      held += ids.length - left.length;
    }
    return taken;
  };

  return {
    /** Takes more if there is room; true: some were taken. `isIdle`: nothing is under way. */
    async fill(now: number, isIdle: boolean): Promise<boolean> {
      const retaken = await retry(now);
      held += retaken;
      const isOpen = !isOver && aside.length < MOST_ASIDE;
      const pulled = isOpen && (await isLow(isIdle)) ? await pull(now) : 0;
      return retaken + pulled > 0;
    },
    /** A step has ended. */
    ended(): void {
      endings += 1;
    },
    /** Gives back all that are held. */
    async release(): Promise<void> {
      await ledger.release(holder);
      [held, endings] = [0, 0];
    },
    /** Whether some have never been held, and could be taken now if there were room. */
    get hasMore(): boolean {
      return !isOver && aside.length < MOST_ASIDE;
    },
    /** When those that other processes hold are tried again (ms); null: there are none. */
    get triesAt(): number | null {
      return aside.length === 0 ? null : triesAt;
    },
  };
}
