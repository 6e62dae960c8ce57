import { canonicalJson } from '../canonical.ts';
import { OPERATIONS } from '../operations.ts';
import type { Operation, PlannedRequest, PlannedStep } from '../request.ts';

/** How fast an operation may be called; instants and spans in ms. `perSecond`: null, no such cap. */
export interface Limit {
  limit: number;
  remaining: number;
  window: number;
  resetAt: number;
  perSecond: number | null;
}

/** What decides which call a step goes in. */
type Kind = Pick<PlannedStep, 'operation' | 'account' | 'options' | 'state'>;

interface CallGroup {
  operation: Operation;
  subjects: number;
}

/**
 * How many calls start the work of planned steps, by operation: subjects with equal options share
 * one. Queries and checks are not counted. Its memory grows with the kinds of calls alone; steps that
 * have the very same options, as those of one plan do, are told apart without reading them.
 */
export function createCallCount() {
  const groups = new Map<string, CallGroup>();
  const latest = new Map<Operation, { account: string; options: object; group: CallGroup }>();
  const groupOf = ({ operation, account, options }: Kind): CallGroup => {
    const last = latest.get(operation);
    if (last?.options === options && last.account === account) return last.group;
    const key = canonicalJson([operation, account, options]);
    const group = groups.get(key) ?? { operation, subjects: 0 };
    groups.set(key, group);
    latest.set(operation, { account, options, group });
    return group;
  };
  return {
    add(step: Kind, subjects = 1): void {
      if (step.state !== undefined && step.state !== 'planned') return;
      groupOf(step).subjects += subjects;
    },
    calls(): ReadonlyMap<Operation, number> {
      const calls = new Map<Operation, number>();
      for (const { operation, subjects } of groups.values()) {
        calls.set(operation, (calls.get(operation) ?? 0) + callsFor(operation, subjects));
      }
      return calls;
    },
  };
}

/** How many calls it takes for so many subjects with equal options. */
export function callsFor(operation: Operation, subjects: number): number {
  return Math.ceil(subjects / OPERATIONS[operation].together);
}

/** As `createCallCount`, of planned requests that are at hand. */
export function plannedCalls(
  requests: readonly Pick<PlannedRequest, 'steps'>[],
): ReadonlyMap<Operation, number> {
  const count = createCallCount();
  for (const { steps } of requests) for (const step of steps) count.add(step);
  return count.calls();
}

/** All of them together. */
export function callCount(calls: ReadonlyMap<Operation, number>): number {
  return [...calls.values()].reduce((sum, each) => sum + each, 0);
}

/**
 * How long the calls take at least, ms: until the last of them may leave, at `share` (0 to 1) of
 * the limits in force. Null: no limit is known. `at` is now.
 */
export function leastTime(
  calls: ReadonlyMap<Operation, number>,
  limits: ReadonlyMap<Operation, Limit>,
  share: number,
  at: number,
): number | null {
  const times = [...calls].flatMap(([operation, count]) => {
    const limit = limits.get(operation);
    return limit === undefined ? [] : [timeOf(count, limit, share, at)];
  });
  return times.length === 0 ? null : Math.max(...times);
}

/** As the rate limiter counts: a share of each window, and of each second, is ours. */
function timeOf(count: number, told: Limit, share: number, at: number): number {
  const ours = Math.max(1, Math.floor(told.limit * share));
  const now = Math.max(0, Math.min(ours, told.remaining - (told.limit - ours)));
  const later = count - now;
  const windows =
    later <= 0 ? 0 : Math.max(0, told.resetAt - at) + (Math.ceil(later / ours) - 1) * told.window;
  if (told.perSecond === null) return windows;
  const each = Math.max(1, Math.floor(told.perSecond * share));
  return Math.max(windows, (Math.ceil(count / each) - 1) * 1_000);
}
