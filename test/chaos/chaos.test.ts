import { describe, expect, test } from 'vitest';
import { playAct } from './run.ts';
import { writeScript } from './script.ts';

/** The long run is `npm run chaos`; this one is short, and its decisions are always the same. */
const SEED = 1;
const ROUNDS = 10;

describe('chaos', () => {
  test('a seed makes all decisions', () => {
    expect(writeScript(SEED, 60)).toEqual(writeScript(SEED, 60));
    expect(writeScript(SEED, 60)).not.toEqual(writeScript(SEED + 1, 60));
    expect(writeScript(SEED, 60).map(({ rounds }) => rounds.length)).toEqual([25, 25, 10]);
  });

  test(
    'killed at random instants, under random faults: nothing is lost, done twice or untrue',
    { timeout: 180_000 },
    async () => {
      const [act] = writeScript(SEED, ROUNDS);
      if (act === undefined) throw new Error('an act is missing');
      const outcome = await playAct(act);
      expect(outcome.violations).toEqual([]);
      expect(outcome.folder).toBeNull();
      expect(outcome.ends).toContain('completed');
      expect(outcome.kills).toBeGreaterThan(0);
    },
  );
});
