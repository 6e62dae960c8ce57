import { createStreamAccounts } from '../accounts/stream-account.ts';
import { type ExportFile, textChunks } from '../files/export-file.ts';
import { feedsExport } from '../population/stream-feeds.ts';
import type { Vendor } from '../vendor.ts';
import type { World } from '../world.ts';
import { authenticateStream } from './auth.ts';
import { deactivateUsers, reactivateUsers } from './deactivate-users.ts';
import { deleteUsers } from './delete-users.ts';
import { badInput, notFound, streamError } from './errors.ts';
import { exportUser, exportUsers, usersExport } from './export-users.ts';
import { deleteFeedUserData, exportFeedUserData } from './feeds-data.ts';
import { feedsQueries } from './feeds-queries.ts';
import { createStreamLimits } from './limits.ts';
import { queryUsers } from './query-users.ts';
import { rateLimits } from './rate-limits.ts';
import { restoreUsers } from './restore-users.ts';
import { type StreamTask, createStreamTasks } from './tasks.ts';
import { type StreamUsers, change, viewAt, visible } from './users.ts';

const LINK_TIME = 24 * 3_600_000;

export interface StreamVendor extends Vendor {
  users: StreamUsers;
  visible(id: string): boolean;
  /** Deactivates or reactivates a user without a call. */
  setActive(id: string, active: boolean): void;
}

/** Stream, as its fact sheet describes it. */
export function createStream(world: World): StreamVendor {
  const { options, faults, links, population } = world;
  const users: StreamUsers = { population, accounts: createStreamAccounts() };
  const tasks = createStreamTasks(world);
  const limits = createStreamLimits(options.rate);
  const link = (task: StreamTask, now: number) =>
    isExport(task) ? links.mint(pathOf(task), now + (options.linkTime ?? LINK_TIME)) : null;

  return {
    users,
    visible: (id) => visible(users, id) !== null,
    setActive: (id, active) =>
      change(users, id, { deactivatedAt: active ? null : options.clock.now() }),
    authenticate: (call) => authenticateStream(options.credentials.stream, call),
    charge: (operation, now) => limits.charge(operation, now),
    settle: (now) => tasks.settle(now),
    tasks: () => tasks.list(),
    subjects: (id) => tasks.get(id)?.userIds ?? [],
    file(id) {
      const task = tasks.get(id);
      return task && task.settled && isExport(task) ? exportFile(users, task) : null;
    },
    handlers: {
      exportFeedUserData: exportFeedUserData(users, tasks, faults),
      deleteFeedUserData: deleteFeedUserData(users, tasks, faults),
      getTask(call) {
        const id = call.params['task_id'] ?? '';
        const body = tasks.view(id, call.now, (task) => link(task, call.now));
        return { status: 200, body, taskId: id };
      },
      deleteUsers: deleteUsers(users, tasks, faults),
      restoreUsers: restoreUsers(users),
      exportUsers: exportUsers(users, tasks, faults),
      exportUser: exportUser(users),
      queryUsers: queryUsers(users),
      ...feedsQueries(users),
      deactivateUsers: deactivateUsers(users, tasks),
      reactivateUsers: reactivateUsers(users, tasks),
      getRateLimits: rateLimits(limits, false),
      getFeedsRateLimits: rateLimits(limits, true),
    },
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

function isExport(task: StreamTask): boolean {
  return task.operation === 'exportUsers' || task.operation === 'exportFeedUserData';
}

function pathOf(task: StreamTask): string {
  return task.operation === 'exportUsers'
    ? `/files/stream/exports/users/${task.id}.jsonl`
    : `/files/stream/exports/feeds/${task.id}.json`;
}

function exportFile(users: StreamUsers, task: StreamTask): ExportFile {
  const version = Number(task.result?.['version'] ?? 0);
  const people = task.userIds.flatMap((id) => users.population.byStreamId(id) ?? []);
  const feeds = task.operation === 'exportFeedUserData';
  const [first] = people;
  return {
    key: `${task.id}/${version}`,
    contentType: feeds ? 'application/json' : 'text/plain; charset=utf-8',
    createdAt: task.endsAt ?? task.createdAt,
    taskId: task.id,
    ids: task.userIds,
    labels: ['stream', task.operation],
    kind: 'text',
    chunks(revision) {
      const view = viewAt(users, version, revision);
      if (!feeds) return textChunks(usersExport(view, people));
      return textChunks(first ? feedsExport(view, first) : ['{"user":null}\n']);
    },
  };
}
