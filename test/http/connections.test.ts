import { expect, test } from 'vitest';
import { createDeadlines } from '../../src/http/connections.ts';
import { virtualClock } from '../support/virtual-clock.ts';

test('what is not over in time is ended, each at its own instant', async () => {
  const clock = virtualClock();
  const deadlines = createDeadlines(clock, 30_000);
  const late: [string, number][] = [];
  const begin = (name: string): (() => void) =>
    deadlines.begin(() => late.push([name, clock.monotonic()]));
  begin('first');
  await clock.sleep(10_000);
  const done = begin('second');
  begin('third');
  await clock.sleep(5_000);
  done();
  await clock.sleep(60_000);
  expect(late).toEqual([
    ['first', 30_000],
    ['third', 40_000],
  ]);
  begin('fourth');
  await clock.sleep(60_000);
  expect(late.at(-1)).toEqual(['fourth', 105_000]);
});

test('nothing is ended after closing', async () => {
  const clock = virtualClock();
  const deadlines = createDeadlines(clock, 30_000);
  let late = 0;
  deadlines.begin(() => (late += 1));
  deadlines.close();
  await clock.sleep(60_000);
  expect(late).toBe(0);
});
