import { z } from 'zod';
import { stronger } from '../accounts/stream-account.ts';
import type { FaultBook } from '../faults/book.ts';
import type { Call, Handler } from '../vendor.ts';
import { readBody } from './body.ts';
import { notFound } from './errors.ts';
import type { StreamTasks } from './tasks.ts';
import { type StreamUsers, change, existing } from './users.ts';

const schema = z.object({ hard_delete: z.boolean('must be a boolean').nullish() });

/** ExportFeedUserData: one user, no body needed. [U] a body is ignored. */
export function exportFeedUserData(
  users: StreamUsers,
  tasks: StreamTasks,
  faults: FaultBook,
): Handler {
  return (call) => {
    const id = knownUser(users, faults, call);
    const { accounts } = users;
    const task = tasks.start(
      { operation: call.operation, userIds: [id], finish: () => ({ version: accounts.version() }) },
      call.now,
    );
    return { status: 201, body: { task_id: task.id }, taskId: task.id };
  };
}

/**
 * DeleteFeedUserData: the account stays, all feed data leaves exports and queries in both modes;
 * softly deleted activities can still be queried for.
 * [U] the shape of the task's result: none.
 */
export function deleteFeedUserData(
  users: StreamUsers,
  tasks: StreamTasks,
  faults: FaultBook,
): Handler {
  return (call) => {
    const { hard_delete: hard } = readBody(call, schema);
    const id = knownUser(users, faults, call);
    const stays = faults.hits('user-stays-visible', {
      labels: [call.operation, 'stream'],
      ids: [id],
    });
    const task = tasks.start(
      {
        operation: call.operation,
        userIds: [id],
        finish(_task, at) {
          const before = users.accounts.get(id);
          const feeds = stronger(before.feeds, hard === true ? 'hard' : 'soft');
          if (!stays) change(users, id, { feeds, feedsDeletedAt: before.feedsDeletedAt ?? at });
          return null;
        },
      },
      call.now,
    );
    return { status: 201, body: { task_id: task.id }, taskId: task.id };
  };
}

function knownUser(users: StreamUsers, faults: FaultBook, call: Call): string {
  const id = call.params['user_id'] ?? '';
  if (existing(users, id)) return id;
  const subject = { labels: [call.operation, 'stream'], ids: [id] };
  if (faults.hits('unknown-user-accepted', subject)) return id;
  throw notFound(call.operation, `user with id "${id}" not found`);
}
