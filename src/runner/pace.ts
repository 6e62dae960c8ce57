import type { Clock } from '../host.ts';
import type { Pace, RateLimit } from '../providers/provider.ts';

/**
 * Keeps calls below the provider's limits, one lane an operation. `share` of a window is ours
 * (at least one call), the rest is left to the company's own traffic: calls wait for the next
 * window once no more than that rest remains. A lane that was never answered is not held back.
 */
export function createPace(clock: Clock, share: number): Pace {
  const lanes = new Map<string, RateLimit>();

  const reserve = ({ limit }: RateLimit): number => limit - Math.max(1, Math.floor(limit * share));

  return {
    async enter(lane, signal) {
      while (!signal.aborted) {
        const known = lanes.get(lane);
        if (known === undefined) return;
        const now = clock.now();
        if (now >= known.resetAt) {
          known.remaining = known.limit;
          known.resetAt = now + known.window;
        }
        if (known.remaining > reserve(known)) {
          known.remaining -= 1;
          return;
        }
        await clock.sleep(known.resetAt - now, signal);
      }
    },

    learn(lane, told) {
      const known = lanes.get(lane);
      const sameWindow =
        known !== undefined && Math.abs(known.resetAt - told.resetAt) < told.window / 2;
      // Calls that are under way are counted here and not yet there.
      const remaining = sameWindow ? Math.min(known.remaining, told.remaining) : told.remaining;
      lanes.set(lane, { ...told, remaining });
    },
  };
}
