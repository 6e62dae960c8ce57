import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { narrower, skewOf } from '../../src/http/probe.ts';

test('the truth lies between what is said, whatever the network takes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) }),
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.nat({ max: 60_000 }),
      fc.nat({ max: 60_000 }),
      (server, ahead, there, back) => {
        const date = new Date(server).toUTCString();
        const skew = skewOf(date, server + ahead - there, server + ahead + back);
        expect(skew?.least).toBeLessThanOrEqual(ahead);
        expect(skew?.most).toBeGreaterThanOrEqual(ahead);
        expect((skew?.most ?? 0) - (skew?.least ?? 0)).toBe(there + back + 1_000);
      },
    ),
  );
});

test.each([undefined, '', 'yesterday', '2026-11-22T12:00:00Z', 'Sun, 99 Nov 2026 12:00:00 GMT'])(
  '%j tells nothing',
  (date) => {
    expect(skewOf(date, 0, 1)).toBeNull();
  },
);

test('the one that says more exactly is kept', () => {
  const [wide, narrow] = [
    { least: -2_000, most: 2_000 },
    { least: 100, most: 1_300 },
  ];
  expect(narrower(wide, narrow)).toBe(narrow);
  expect(narrower(narrow, wide)).toBe(narrow);
  expect(narrower(null, wide)).toBe(wide);
  expect(narrower(wide, null)).toBe(wide);
  expect(narrower(null, null)).toBeNull();
});
