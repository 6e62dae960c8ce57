import type { Clock } from '../host/host.ts';
import type {
  AssumedLimit,
  OperationLimiter,
  RateLimit,
  RateLimiter,
} from '../providers/provider.ts';

/**
 * Of what a second allows so much is used at most: calls do not travel equally fast, and the other
 * side counts when they arrive.
 */
const USED = 0.98;

/** How far calls that left late are made up for, ms. */
const CATCH_UP = 250;

const SECOND = 1_000;

/** A window up to this length, ms, is a cap on bursts: calls are spaced in it. */
const SHORT = 10_000;

/** Stream tells its resets in whole seconds, and clocks differ: what ends so soon is a second, ms. */
const SOON = 2_000;

/** No window is longer; what a refusal says beyond it is for the run to judge, ms. */
const LONGEST_HOLD = 60_000;

/** What a refusal that nothing explains does to our speed, and each second of answers after it. */
const LOWERED = 0.9;
const RAISED = 1.03;
const LEAST = 0.1;

/**
 * One limit: what is known of it, and what was used of it; instants in ms. `share` of each window is ours (at least one call), the rest is left to the company's
 * own traffic: once no more than that rest remains, calls wait for the next window. Where a second
 * has a cap, calls leave one by one at equal distances, never more in any second than it allows,
 * whenever the provider's seconds begin; those that were ready and left late are made up for.
 */
function createSharedLimit(assumed: AssumedLimit, share: number, now: number) {
  let told: RateLimit = { ...assumed, remaining: assumed.limit, resetAt: now + assumed.window };
  let isTold = false;
  /** A second's cap that a refusal has told; null: none has. */
  let perSecond: number | null = null;
  let heldUntil = 0;
  /** Our part of the cap; lower after refusals that nothing explains. */
  let ease = 1;
  let easedAt = now;
  let slot = 0;
  /** Whether calls that were ready have had to wait, and the schedule is not caught up with. */
  let isLate = false;
  const recent = createRecent();

  const roll = (at: number): void => {
    if (at < told.resetAt) return;
    const { limit, window, resetAt } = told;
    const windows = window > 0 ? Math.floor((at - resetAt) / window) + 1 : 0;
    told = { ...told, remaining: limit, resetAt: resetAt + windows * window };
  };

  const spacing = (): { interval: number; most: number; per: number } | null => {
    const cap = capOf(told, perSecond, ease);
    if (cap === null) return null;
    const calls = cap.calls * Math.min(share, USED) * ease;
    return { interval: cap.per / calls, most: Math.max(1, Math.ceil(calls)), per: cap.per };
  };

  const lower = (at: number): void => {
    // Calls that were under way beside each other meet the same refusal.
    if (at - easedAt < SECOND) return;
    ease = Math.max(LEAST, ease * LOWERED);
    easedAt = at;
  };

  const turnAt = (at: number): number | null => {
    roll(at);
    let turn = Math.max(heldUntil, slot);
    const reserve = told.limit - Math.max(1, Math.floor(told.limit * share));
    if (told.remaining <= reserve && told.window > 0) turn = Math.max(turn, told.resetAt);
    const space = spacing();
    if (space !== null) turn = Math.max(turn, recent.roomAt(space.most, space.per, at));
    return turn > at ? turn : null;
  };

  return {
    /** As `admit`, without counting. */
    turnAt,

    /** Null: a call may leave now, and is counted. Else when to ask again. */
    admit(at: number): number | null {
      const turn = turnAt(at);
      if (turn !== null) {
        isLate = true;
        return turn;
      }
      told.remaining -= 1;
      const space = spacing();
      if (space === null) return null;
      recent.add(at);
      slot = Math.max(slot, isLate ? at - CATCH_UP : at) + space.interval;
      if (slot > at) isLate = false;
      return null;
    },

    learn(next: RateLimit, at: number): void {
      if (ease < 1 && at - easedAt >= SECOND) {
        ease = Math.min(1, ease * RAISED);
        easedAt = at;
      }
      const isSame = isTold && next.limit === told.limit;
      if (isSame && next.resetAt < told.resetAt - told.window / 2) return;
      if (!isSame) [perSecond, slot] = [null, 0];
      const isSameWindow = isSame && Math.abs(told.resetAt - next.resetAt) < told.window / 2;
      told = isSameWindow ? narrower(told, next) : { ...next };
      isTold = true;
    },

    refused(next: RateLimit | null, retryAt: number | null, at: number): void {
      const until = retryAt ?? (next?.remaining === 0 ? next.resetAt : at + SECOND);
      heldUntil = Math.max(heldUntil, Math.min(until, at + LONGEST_HOLD));
      if (next === null || next.remaining > 0) return lower(at);
      if (!isEnding(next, at)) {
        told = { ...next };
        isTold = true;
        return;
      }
      if (isTold && next.limit < Math.min(told.limit, perSecond ?? Infinity)) {
        perSecond = next.limit;
        easedAt = at;
        return;
      }
      if (told.window > SHORT && isEnding(told, at)) told.remaining = 0;
      else lower(at);
    },

    /** As far as answers have told it. */
    get known(): RateLimit | null {
      return isTold ? { ...told, perSecond: perSecond ?? told.perSecond } : null;
    },
  };
}
type SharedLimit = ReturnType<typeof createSharedLimit>;

function isEnding({ resetAt }: RateLimit, now: number): boolean {
  return resetAt - now <= SOON;
}

/** Calls that are under way are counted here and not yet there; a reset is heard late, never early. */
function narrower(known: RateLimit, next: RateLimit): RateLimit {
  return {
    ...next,
    remaining: Math.min(known.remaining, next.remaining),
    resetAt: Math.min(known.resetAt, next.resetAt),
  };
}

/** How many calls may leave in how many ms without a burst; null: nothing says so. */
function capOf(
  { limit, window, perSecond: second }: RateLimit,
  learnt: number | null,
  ease: number,
): { calls: number; per: number } | null {
  const calls = learnt ?? second;
  if (calls !== null) return { calls, per: SECOND };
  // A limit of a minute alone is spread over it once a burst was refused.
  const isSpread = window > 0 && (window <= SHORT || ease < 1);
  return isSpread ? { calls: limit, per: window } : null;
}

/** When the last calls left. */
function createRecent() {
  let times: number[] = [];
  let from = 0;
  return {
    add: (at: number): void => void times.push(at),
    /** When there is room for one more, if at most `most` leave in any `per` ms. */
    roomAt(most: number, per: number, now: number): number {
      while (from < times.length && (times[from] ?? 0) <= now - per) from += 1;
      if (from > 1_000) {
        times = times.slice(from);
        from = 0;
      }
      const oldest = times[times.length - most];
      return times.length - from < most || oldest === undefined ? 0 : oldest + per;
    },
  };
}

/**
 * Keeps calls below the provider's limits, one limiter an operation; `share` (0 to 1) of each is ours.
 * Before anything is told, a limiter goes as fast as is assumed of it.
 */
export function createRateLimiter(clock: Clock, share: number): RateLimiter {
  const limiters = new Map<string, OperationLimiter>();
  return {
    limiter(name, assumed) {
      const limiter =
        limiters.get(name) ?? createLimiter(createSharedLimit(assumed, share, clock.now()), clock);
      limiters.set(name, limiter);
      return limiter;
    },
  };
}

function createLimiter(limit: SharedLimit, clock: Clock): OperationLimiter {
  /** Who waits for a turn, in the order of asking. */
  const queue = new Set<() => void>();
  let isServing = false;
  let wakeAt = 0;
  let wakeUp: AbortController | null = null;

  const admit = (): number | null => limit.admit(clock.now());

  const serve = async (): Promise<void> => {
    if (isServing) return;
    isServing = true;
    while (queue.size > 0) {
      const turn = admit();
      if (turn === null) {
        const [next] = queue;
        next?.();
        continue;
      }
      wakeAt = turn;
      wakeUp = new AbortController();
      await clock.sleep(Math.ceil(turn - clock.now()), wakeUp.signal);
      wakeUp = null;
    }
    isServing = false;
  };

  /** An answer may name an earlier turn. */
  const wake = (): void => {
    if (wakeUp === null) return;
    const turn = limit.turnAt(clock.now());
    if (turn === null || turn < wakeAt) wakeUp.abort();
  };

  return {
    admit,
    turnAt: () => limit.turnAt(clock.now()),
    enter(signal) {
      if (signal.aborted || (queue.size === 0 && admit() === null)) return Promise.resolve();
      return new Promise((resolve) => {
        const leave = (): void => {
          queue.delete(leave);
          if (queue.size === 0) wakeUp?.abort();
          signal.removeEventListener('abort', leave);
          resolve();
        };
        signal.addEventListener('abort', leave, { once: true });
        queue.add(leave);
        void serve();
      });
    },
    learn(told) {
      limit.learn(told, clock.now());
      wake();
    },
    refused: (told, retryAt) => limit.refused(told, retryAt, clock.now()),
    get limit() {
      return limit.known;
    },
  };
}
