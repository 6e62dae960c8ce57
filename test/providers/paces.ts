import type { Lane, Pace, RateLimit } from '../../src/providers/provider.ts';

/** What was asked of a pace: lanes that were entered, in order, and what was told about them. */
export interface Diary {
  readonly lanes: string[];
  readonly learnt: Map<string, RateLimit>;
  readonly refused: [lane: string, told: RateLimit | null, retryAt: number | null][];
}

/** A pace that holds nobody back. */
export function freePace(diary: Diary = { lanes: [], learnt: new Map(), refused: [] }): Pace {
  return {
    lane: (name): Lane => ({
      admit() {
        diary.lanes.push(name);
        return null;
      },
      turnAt: () => null,
      enter: async () => {
        diary.lanes.push(name);
      },
      learn: (limit) => void diary.learnt.set(name, limit),
      refused: (told, retryAt) => void diary.refused.push([name, told, retryAt]),
      get limit() {
        return diary.learnt.get(name) ?? null;
      },
    }),
  };
}
