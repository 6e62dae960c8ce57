import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextCheck, secondLook } from '../../src/requests/polling.ts';
import { T0 } from './make.ts';

const at = (pollInterval: number, random = 0.5) => ({ at: T0, random, pollInterval });

describe('nextCheck', () => {
  it('grows from 2 s to 30 s', () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 100].map((n) => nextCheck(n, at(2_000)) - T0);
    expect(waits).toEqual([
      2_000, 3_000, 4_500, 6_750, 10_125, 15_188, 22_781, 30_000, 30_000, 30_000,
    ]);
  });

  it('has 15 % of jitter, and scales with the interval', () => {
    expect(nextCheck(0, at(2_000, 0)) - T0).toBe(1_700);
    expect(nextCheck(0, at(2_000, 1)) - T0).toBe(2_300);
    expect(nextCheck(50, at(10)) - T0).toBe(150);
    expect(nextCheck(50, at(60_000)) - T0).toBe(900_000);
  });

  it('is finite, in the future and bounded, however often it was checked', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 86_400_000 }),
        (checks, random, pollInterval) => {
          const wait = nextCheck(checks, at(pollInterval, random)) - T0;
          expect(wait).toBeGreaterThanOrEqual(Math.round(pollInterval * 0.85));
          expect(wait).toBeLessThanOrEqual(Math.round(pollInterval * 15 * 1.15));
        },
      ),
    );
  });
});

it('the second look is 30 s later, and scales too', () => {
  expect(secondLook(at(2_000)) - T0).toBe(30_000);
  expect(secondLook(at(1)) - T0).toBe(15);
  expect(Number.isInteger(secondLook(at(33.3)))).toBe(true);
});
