import type { Operation, PlannedRequest } from './request.ts';

/**
 * How many subjects one call takes, where it is more than one (api/stream.md sections 2.4 and 2.5,
 * api/sendbird.md section 2.1).
 */
export const MOST_TOGETHER: Readonly<Partial<Record<Operation, number>>> = {
  delete_users: 100,
  delete: 100,
  restore_users: 100,
};

/** How fast an operation may be called; instants and spans in ms. `perSecond`: null, no such cap. */
export interface Limit {
  limit: number;
  remaining: number;
  window: number;
  resetAt: number;
  perSecond: number | null;
}

/**
 * How many calls start the work of planned requests, by operation; subjects with equal options
 * share one. Queries and checks are not counted.
 */
export function callsOf(
  requests: readonly Pick<PlannedRequest, 'steps'>[],
): ReadonlyMap<Operation, number> {
  const subjects = new Map<string, { operation: Operation; count: number }>();
  for (const { operation, account, options, state } of requests.flatMap(({ steps }) => steps)) {
    if (state !== undefined && state !== 'planned') continue;
    const key = JSON.stringify([operation, account, options]);
    const group = subjects.get(key) ?? { operation, count: 0 };
    subjects.set(key, { ...group, count: group.count + 1 });
  }
  const calls = new Map<Operation, number>();
  for (const { operation, count } of subjects.values()) {
    const own = Math.ceil(count / (MOST_TOGETHER[operation] ?? 1));
    calls.set(operation, (calls.get(operation) ?? 0) + own);
  }
  return calls;
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

/** As the pace of the runner counts: a share of each window, and of each second, is ours. */
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
