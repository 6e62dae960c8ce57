import { describe, expect, test } from 'vitest';
import { CALL_BUDGET, TOLD_BUDGET, isTransientStatus, nextPause } from '../../src/http/retry.ts';

const now = 1_000_000;
const get = { method: 'GET' } as const;
const moment = { now, random: 0.5, scale: 1 };
const first = { tries: 1, refused: 0, told: 0, spent: 0 };
const transient = { transient: true, retryAt: null };

describe('nextPause', () => {
  test.each(['POST', 'DELETE'] as const)('%s is never repeated', (method) => {
    expect(nextPause({ method }, first, transient, moment)).toBeNull();
    expect(nextPause({ method }, first, { transient: true, retryAt: now + 1 }, moment)).toBeNull();
  });

  test('a POST that only reads is repeated like a GET', () => {
    const query = { method: 'POST', reads: true } as const;
    expect(nextPause(query, first, transient, moment)).toEqual({ wait: 1_000, told: false });
    expect(nextPause({ ...query, reads: false }, first, transient, moment)).toBeNull();
  });

  test('an answer that is not transient ends it', () => {
    expect(nextPause(get, first, { transient: false, retryAt: now + 1_000 }, moment)).toBeNull();
  });

  test.each([
    [1, 0.5, 1, 1_000],
    [2, 0.5, 1, 2_000],
    [3, 0.5, 1, 4_000],
    [1, 0, 1, 0],
    [1, 0.999, 1, 1_998],
    [1, 0.5, 0.1, 100],
  ])('after try %i, random %d, scale %d: %i ms of our own', (tries, random, scale, wait) => {
    expect(nextPause(get, { ...first, tries }, transient, { now, random, scale })).toEqual({
      wait,
      told: false,
    });
  });

  test('four tries are all', () => {
    expect(nextPause(get, { ...first, tries: 4 }, transient, moment)).toBeNull();
  });

  test.each([0, 0.5, 0.999])('what is told is kept to the ms, unscaled (random %d)', (random) => {
    const heard = { transient: true, retryAt: now + 7_321 };
    expect(nextPause(get, first, heard, { now, random, scale: 0.001 })).toEqual({
      wait: 7_321,
      told: true,
    });
  });

  test('an instant that has passed says nothing', () => {
    const heard = { transient: true, retryAt: now - 5 };
    expect(nextPause(get, first, heard, moment)).toEqual({ wait: 1_000, told: false });
  });

  test('the told budget may be used up and not overrun', () => {
    const heard = { transient: true, retryAt: now + 20_000 };
    const told = TOLD_BUDGET - 20_000;
    expect(nextPause(get, { ...first, told }, heard, moment)).not.toBeNull();
    expect(nextPause(get, { ...first, told: told + 1 }, heard, moment)).toBeNull();
  });

  test('the whole has a budget', () => {
    expect(nextPause(get, { ...first, spent: CALL_BUDGET - 999 }, transient, moment)).toBeNull();
  });
});

test.each([
  [200, false],
  [301, false],
  [400, false],
  [401, false],
  [404, false],
  [408, true],
  [429, true],
  [500, true],
  [503, true],
  [599, true],
])('status %i transient: %s', (status, expected) => {
  expect(isTransientStatus(status)).toBe(expected);
});
