import { type StreamUsers, UNTOUCHED_AT_STREAM, createHistory } from '../population/accounts.ts';
import type { Vendor, World } from '../vendor.ts';
import { authenticateStream } from './auth.ts';
import { deactivateUsers, reactivateUsers } from './deactivate-users.ts';
import { deleteFeedUserData, deleteUsers } from './deletions.ts';
import { badInput, notFound, streamError } from './errors.ts';
import {
  exportFeedUserData,
  exportFile,
  exportUser,
  exportUsers,
  getTask,
  isExport,
} from './exports.ts';
import { feedsQueries } from './feeds-query.ts';
import { createStreamLimits, getFeedsRateLimits, getRateLimits } from './limits.ts';
import { queryUsers } from './query-users.ts';
import { restoreUsers } from './restore-users.ts';
import { createStreamTasks } from './tasks.ts';
import { type StreamContext, type StreamHandler, visible } from './users.ts';

const HANDLERS: Readonly<Record<string, StreamHandler>> = {
  exportFeedUserData,
  deleteFeedUserData,
  getTask,
  deleteUsers,
  restoreUsers,
  exportUsers,
  exportUser,
  queryUsers,
  ...feedsQueries,
  deactivateUsers,
  reactivateUsers,
  getRateLimits,
  getFeedsRateLimits,
};

/** Stream, as its fact sheet describes it. */
export function createStream(world: World): Vendor {
  const { options, population } = world;
  const users: StreamUsers = { population, accounts: createHistory(UNTOUCHED_AT_STREAM) };
  const tasks = createStreamTasks(world);
  const limits = createStreamLimits(options.rate);
  const context: StreamContext = { ...world, users, tasks, limits };

  return {
    accounts: users.accounts,
    visible: (id) => visible(users, id) !== null,
    setActive: (id, active) =>
      users.accounts.change(id, { deactivatedAt: active ? null : options.clock.now() }),
    authenticate: (call) => authenticateStream(options.credentials.stream, call),
    charge: (operation, now) => limits.charge(operation, now),
    settle: (now) => tasks.settle(now),
    tasks: () => [...tasks.all.values()],
    subjects: (id) => tasks.all.get(id)?.userIds ?? [],
    file(id) {
      const task = tasks.all.get(id);
      return task && task.settled && isExport(task) ? exportFile(users, task) : null;
    },
    handle: (call) => HANDLERS[call.operation]?.(call, context) ?? null,
    refusals: {
      internal: () => streamError(500, -1, 'Request', 'internal error'),
      unavailable: () =>
        streamError(503, -1, 'Request', 'service unavailable', { headers: { 'Retry-After': '1' } }),
      rateLimited: (operation, now) => limits.refusal(operation, now),
      unauthorized: () => streamError(401, 5, 'Request', 'authentication failed'),
      oneBadId: (operation, id) => badInput(operation, `user "${id}" cannot be processed`),
      noSuchPath: (path) => notFound('Request', `${path} not found`),
    },
  };
}
