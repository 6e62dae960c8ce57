import type { Clock } from '../host.ts';
import type { Lane, Pace } from '../providers/provider.ts';
import { type Limit, createLimit } from './limit.ts';

/**
 * Keeps calls below the provider's limits, one lane an operation; `share` (0 to 1) of each is ours.
 * Before anything is told, a lane goes as fast as is assumed of it.
 */
export function createPace(clock: Clock, share: number): Pace {
  const lanes = new Map<string, Lane>();
  return {
    lane(name, assumed) {
      const lane = lanes.get(name) ?? createLane(createLimit(assumed, share, clock.now()), clock);
      lanes.set(name, lane);
      return lane;
    },
  };
}

function createLane(limit: Limit, clock: Clock): Lane {
  /** Who waits for a turn, in the order of asking. */
  const queue = new Set<() => void>();
  let isServing = false;
  let wakeAt = 0;
  let bell: AbortController | null = null;

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
      bell = new AbortController();
      await clock.sleep(Math.ceil(turn - clock.now()), bell.signal);
      bell = null;
    }
    isServing = false;
  };

  /** An answer may have told of an earlier turn. */
  const wake = (): void => {
    if (bell === null) return;
    const turn = limit.turnAt(clock.now());
    if (turn === null || turn < wakeAt) bell.abort();
  };

  return {
    admit,
    turnAt: () => limit.turnAt(clock.now()),
    enter(signal) {
      if (signal.aborted || (queue.size === 0 && admit() === null)) return Promise.resolve();
      return new Promise((resolve) => {
        const leave = (): void => {
          queue.delete(leave);
          if (queue.size === 0) bell?.abort();
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
