import { describe, expect, test } from 'vitest';
import { feed } from './feed.ts';

/** The long run is `npm run fuzz`; this one is short, and always the same. */
const SEED = 20_261_122;
const CASES = 3_000;

describe('answers that somebody has spoilt', () => {
  test('are never taken for what they are not, shown raw, or a reason to break off', async () => {
    const names = new Set<string>();
    for (let seed = SEED; seed < SEED + CASES; seed += 1) {
      const { name, faults } = await feed(seed);
      names.add(name);
      expect([seed, name, faults]).toEqual([seed, name, []]);
    }
    for (const name of ['a file', 'submit delete_users', 'check access', 'lookup', 'withdraw']) {
      expect(names).toContain(name);
    }
  });
});
