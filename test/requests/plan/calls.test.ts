import { describe, expect, it } from 'vitest';
import {
  callCount,
  createCallCount,
  leastTime,
  plannedCalls,
} from '../../../src/requests/plan/calls.ts';
import type { Operation, PlannedStep } from '../../../src/requests/request.ts';
import { STREAM, T0 } from '../make.ts';

function steps(
  operation: Operation,
  count: number,
  more: Partial<PlannedStep> = {},
): { steps: PlannedStep[] }[] {
  return Array.from({ length: count }, (_, index) => ({
    steps: [
      {
        id: `req_${index}/${operation}`,
        provider: 'stream',
        operation,
        account: STREAM,
        subjectId: `user-${index}`,
        options: {},
        ...more,
      },
    ],
  }));
}

const limit = (per: number, more = {}) => ({
  limit: per,
  remaining: per,
  window: 60_000,
  resetAt: T0 + 30_000,
  perSecond: null,
  ...more,
});

describe('plannedCalls', () => {
  it('is one a subject for feeds and exports, one a hundred for the rest', () => {
    for (const operation of ['delete_feeds', 'export_feeds', 'access'] as const) {
      expect(plannedCalls(steps(operation, 250)).get(operation)).toBe(250);
    }
    for (const operation of ['delete_users', 'delete', 'restore_users'] as const) {
      expect(plannedCalls(steps(operation, 100)).get(operation)).toBe(1);
      expect(plannedCalls(steps(operation, 101)).get(operation)).toBe(2);
      expect(plannedCalls(steps(operation, 250)).get(operation)).toBe(3);
    }
  });

  it('shares a call only among equal options', () => {
    const soft = steps('delete_users', 3, { options: { user: 'soft' } });
    const hard = steps('delete_users', 3, { options: { user: 'hard' } });
    expect(callCount(plannedCalls([...soft, ...hard]))).toBe(2);
  });

  it('shares a call among equal options, whoever wrote them down', () => {
    const one = steps('delete_users', 60, { options: { user: 'soft', messages: 'soft' } });
    const other = steps('delete_users', 60, { options: { messages: 'soft', user: 'soft' } });
    expect(callCount(plannedCalls([...one, ...other]))).toBe(2);
    expect(callCount(plannedCalls([...one.slice(0, 40), ...other]))).toBe(1);
  });

  it('shares none between accounts', () => {
    const options = {};
    const here = steps('delete', 3, { options });
    const elsewhere = steps('delete', 3, { options, account: 'sendbird:other@x' });
    expect(callCount(plannedCalls([...here, ...elsewhere, ...here]))).toBe(2);
  });

  it('counts many at once as it counts them one by one', () => {
    const count = createCallCount();
    const kind = { operation: 'delete', account: STREAM, options: {} } as const;
    count.add(kind, 150);
    count.add({ ...kind, options: {} });
    expect([...count.calls()]).toEqual([['delete', 2]]);
    for (let more = 0; more < 50; more += 1) count.add(kind);
    expect([...count.calls()]).toEqual([['delete', 3]]);
  });

  it('counts no step that ends without a call', () => {
    expect(plannedCalls(steps('restore_users', 3, { state: 'already_active' })).size).toBe(0);
    expect(callCount(plannedCalls(steps('restore_users', 3, { state: 'unsupported' })))).toBe(0);
    expect(callCount(plannedCalls(steps('restore_users', 3, { state: 'planned' })))).toBe(1);
  });
});

const time = (count: number, told: ReturnType<typeof limit>, share = 0.5) =>
  leastTime(new Map([['delete_feeds', count]]), new Map([['delete_feeds', told]]), share, T0);

describe('leastTime', () => {
  it('is nothing while the calls fit the window', () => {
    expect(time(5, limit(10))).toBe(0);
    expect(time(5, limit(10), 1)).toBe(0);
  });

  it('waits for the windows that it takes', () => {
    expect(time(6, limit(10))).toBe(30_000);
    expect(time(10, limit(10))).toBe(30_000);
    expect(time(11, limit(10))).toBe(90_000);
  });

  it('counts what others have used already', () => {
    expect(time(3, limit(10, { remaining: 8 }))).toBe(0);
    expect(time(4, limit(10, { remaining: 8 }))).toBe(30_000);
    expect(time(1, limit(10, { remaining: 5 }))).toBe(30_000);
  });

  it('keeps the cap of a second', () => {
    expect(time(9, limit(1_000, { perSecond: 4 }))).toBe(4_000);
  });

  it('is that of the slowest operation, and null where no limit is known', () => {
    const calls = new Map<Operation, number>([
      ['delete_feeds', 6],
      ['delete_users', 20],
    ]);
    const slow = new Map<Operation, ReturnType<typeof limit>>([['delete_users', limit(10)]]);
    expect(leastTime(calls, slow, 1, T0)).toBe(30_000);
    expect(leastTime(calls, new Map(), 1, T0)).toBeNull();
  });
});
