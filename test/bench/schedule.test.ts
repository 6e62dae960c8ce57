import { expect, test } from 'vitest';
import { createLane, leastErase, leastExport } from './schedule.ts';

const terms = { at: 60_000, rate: 20, taskTime: 1_000, interval: 2_000, latency: 0 };

test('A window has all of its places, however much of it is over', () => {
  const lane = createLane({ rate: 2, latency: 0 });
  expect(lane.pass([900, 900, 900, 900, 900])).toEqual([900, 900, 1_000, 1_000, 2_000]);
});

test('Places that were left are taken by calls that come later and could leave earlier', () => {
  const lane = createLane({ rate: 1, latency: 0 });
  expect(lane.pass([0, 5_000])).toEqual([0, 5_000]);
  expect(lane.pass([0, 0])).toEqual([1_000, 2_000]);
});

test('Less than one call a second is held by the clock minute', () => {
  const lane = createLane({ rate: 0.05, latency: 0 });
  expect(lane.pass([59_000, 59_000, 59_000, 59_000])).toEqual([59_000, 60_000, 61_000, 62_000]);
});

test('A call is counted where it arrives', () => {
  expect(createLane({ rate: 1, latency: 150 }).pass([900, 900])).toEqual([1_050, 2_000]);
});

test('One export is one wait', () => {
  expect(leastExport(1, terms)).toBe(2_000);
  // Called, checked, downloaded.
  expect(leastExport(1, { ...terms, latency: 100 })).toBe(2_300);
});

test('Exports are bound by two checks for each person, which share a limit', () => {
  // 1,000 checks from second 2 on, 20 a second: the last are made in second 51.
  expect(leastExport(500, terms)).toBe(51_000);
});

test('One erasure is two waits, one after the other', () => {
  expect(leastErase(1, terms)).toBe(4_000);
  // Looked up, deleted, checked, deleted, checked, looked up.
  expect(leastErase(1, { ...terms, latency: 100 })).toBe(4_600);
});

test('Erasures are bound by the deletion of feed data; accounts go as soon as theirs is gone', () => {
  // 1,000 calls, the last in second 49, seen in second 51, the accounts seen 2 s later.
  expect(leastErase(1_000, terms)).toBe(53_000);
});

test('A task that takes longer than the interval is waited for to its end', () => {
  expect(leastErase(1, { ...terms, taskTime: 10_000 })).toBe(20_000);
});

test('Where the second begins matters by less than a second', () => {
  const early = leastErase(1_000, terms);
  const late = leastErase(1_000, { ...terms, at: 60_999 });
  expect(early - late).toBeGreaterThan(0);
  expect(early - late).toBeLessThan(1_000);
});
