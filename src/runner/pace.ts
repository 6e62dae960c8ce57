import type { Clock } from '../host.ts';
import type { Pace, RateLimit } from '../providers/provider.ts';

/** No window is longer; what a refusal says beyond it is for the run to judge, ms. */
const LONGEST_HOLD = 60_000;

interface Lane {
  told: RateLimit | null;
  /** Nothing leaves before (ms): the provider refused a call and said so. */
  heldUntil: number;
  secondAt: number;
  inSecond: number;
}

/**
 * Keeps calls below the provider's limits, one lane an operation. `share` of a window is ours
 * (at least one call), the rest is left to the company's own traffic: calls wait for the next
 * window once no more than that rest remains. A lane that was never answered is not held back.
 */
export function createPace(clock: Clock, share: number): Pace {
  const lanes = new Map<string, Lane>();

  const ours = (limit: number): number => Math.max(1, Math.floor(limit * share));
  const laneOf = (name: string): Lane => {
    const lane = lanes.get(name) ?? { told: null, heldUntil: 0, secondAt: 0, inSecond: 0 };
    lanes.set(name, lane);
    return lane;
  };

  const admit = (name: string): number | null => {
    const lane = laneOf(name);
    const now = clock.now();
    if (now < lane.heldUntil) return lane.heldUntil;
    const { told } = lane;
    if (told === null) return null;
    if (now >= told.resetAt) {
      told.remaining = told.limit;
      told.resetAt = now + told.window;
    }
    if (told.remaining <= told.limit - ours(told.limit)) return told.resetAt;
    if (now - lane.secondAt >= 1_000) Object.assign(lane, { secondAt: now, inSecond: 0 });
    if (told.perSecond !== null && lane.inSecond >= ours(told.perSecond)) {
      return lane.secondAt + 1_000;
    }
    lane.inSecond += 1;
    told.remaining -= 1;
    return null;
  };

  return {
    admit,

    async enter(name, signal) {
      for (let at = admit(name); at !== null && !signal.aborted; at = admit(name)) {
        await clock.sleep(at - clock.now(), signal);
      }
    },

    learn(name, told) {
      const lane = laneOf(name);
      const known = lane.told;
      const isSameWindow =
        known !== null &&
        known.limit === told.limit &&
        Math.abs(known.resetAt - told.resetAt) < told.window / 2;
      // Calls that are under way are counted here and not yet there.
      const remaining = isSameWindow ? Math.min(known.remaining, told.remaining) : told.remaining;
      lane.told = { ...told, remaining };
    },

    hold(name, until) {
      const lane = laneOf(name);
      lane.heldUntil = Math.max(lane.heldUntil, Math.min(until, clock.now() + LONGEST_HOLD));
    },
  };
}
