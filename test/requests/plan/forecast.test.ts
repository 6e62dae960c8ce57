import { describe, expect, it } from 'vitest';
import type { Limit } from '../../../src/requests/plan/calls.ts';
import { type Backlog, createForecast } from '../../../src/requests/plan/forecast.ts';
import type { Operation } from '../../../src/requests/request.ts';
import { T0 } from '../make.ts';

const SIX: Limit = {
  limit: 6,
  remaining: 6,
  window: 60_000,
  resetAt: T0 + 60_000,
  perSecond: null,
};

function forecast(more: Partial<Backlog> = {}) {
  return createForecast(
    { people: 1_000, unsent: new Map(), limitOf: () => null, share: 1, ...more },
    0,
  );
}

/** So many steps of an operation, under this limit. */
function limited(steps: number, limit: Limit | null): Partial<Backlog> {
  return { unsent: new Map<Operation, number>([['delete_users', steps]]), limitOf: () => limit };
}

describe('createForecast', () => {
  it('knows nothing while nobody is finished', () => {
    const known = forecast(limited(1_000, SIX));
    expect(known.outlook(50_000, T0)).toEqual({ rate: null, eta: null });
  });

  it('is what is left at the rate up to now', () => {
    const seen = forecast();
    seen.ended(100, 5_000);
    seen.ended(100, 9_900);
    expect(seen.outlook(10_000, T0)).toEqual({ rate: 20, eta: 40_000 });
  });

  it('forgets what is over a minute ago', () => {
    const seen = forecast({ people: 10_000 });
    seen.ended(900, 1_000);
    for (let second = 100; second < 200; second += 1) seen.ended(2, second * 1_000);
    expect(seen.outlook(199_900, T0).rate).toBe(2);
    expect(seen.outlook(400_000, T0)).toEqual({ rate: null, eta: null });
  });

  it('calls nobody faster than there was time for', () => {
    const seen = forecast();
    seen.ended(10, 1);
    expect(seen.outlook(2, T0).rate).toBe(10);
  });

  it('is no sooner than the calls that are not sent may leave', () => {
    // 900 people are 9 calls: six at once, three when the minute is over.
    const seen = forecast(limited(900, SIX));
    seen.ended(500, 10_000);
    expect(seen.outlook(10_000, T0).eta).toBe(10_000);
    const slow = forecast({ ...limited(1_200, SIX), people: 1_700 });
    slow.ended(500, 10_000);
    expect(slow.outlook(10_000, T0).eta).toBe(60_000);
    expect(slow.outlook(10_000, T0 + 30_000).eta).toBe(30_000);
  });

  it('takes the limit that is in force then, and none while it is not known', () => {
    let limit: Limit | null = null;
    const seen = forecast({ ...limited(1_200, null), people: 1_700, limitOf: () => limit });
    seen.ended(500, 10_000);
    expect(seen.outlook(10_000, T0).eta).toBe(24_000);
    limit = SIX;
    expect(seen.outlook(10_000, T0).eta).toBe(60_000);
  });

  it('does not count calls that have left, and counts those that were sent back', () => {
    const seen = forecast({ ...limited(1_200, SIX), people: 1_700 });
    seen.ended(500, 10_000);
    for (let step = 0; step < 600; step += 1) seen.step('delete_users', 'intended');
    expect(seen.outlook(10_000, T0).eta).toBe(24_000);
    for (let step = 0; step < 600; step += 1) seen.step('delete_users', 'planned');
    expect(seen.outlook(10_000, T0).eta).toBe(60_000);
    for (let step = 0; step < 600; step += 1) seen.step('delete_users', 'not_sent');
    expect(seen.outlook(10_000, T0).eta).toBe(24_000);
    seen.step('delete_users', 'accepted');
    expect(seen.outlook(10_000, T0).eta).toBe(24_000);
  });

  it('waits for no call of those who are finished without it', () => {
    const seen = forecast({ ...limited(1_200, SIX), people: 1_200 });
    seen.ended(1_000, 10_000);
    expect(seen.outlook(10_000, T0).eta).toBe(2_000);
  });

  it('is over when all are finished', () => {
    const seen = forecast(limited(1_000, SIX));
    seen.ended(1_000, 10_000);
    expect(seen.outlook(10_000, T0)).toEqual({ rate: 100, eta: null });
  });
});
