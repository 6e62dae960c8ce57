import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/host/system-clock.ts';
import { T0 } from '../requests/make.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

afterEach(() => {
  vi.restoreAllMocks();
});

test('the time never goes back, goes on, and is right again once it is caught up with', () => {
  const wall = vi.spyOn(Date, 'now');
  const steady = vi.spyOn(performance, 'now');
  const at = (right: number, elapsed: number): number => {
    wall.mockReturnValue(T0 + YEAR + right);
    steady.mockReturnValue(1e9 + elapsed);
    return systemClock.now() - T0 - YEAR;
  };
  expect(at(0, 0)).toBe(0);
  expect(at(HOUR, 10)).toBe(HOUR);
  expect(at(-DAY, 20)).toBe(HOUR + 10);
  expect(at(-DAY + 500, 520)).toBe(HOUR + 510);
  expect(at(0, 1_000)).toBe(HOUR + 990);
  expect(at(2 * HOUR, 1_010)).toBe(2 * HOUR);
  expect(at(2 * HOUR + 5, 1_015)).toBe(2 * HOUR + 5);
});
