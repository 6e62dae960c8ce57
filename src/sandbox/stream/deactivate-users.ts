import { z } from 'zod';
import type { Handler } from '../vendor.ts';
import { readBody, userIds } from './body.ts';
import { badInput, notFound } from './errors.ts';
import { type StreamTasks, nanoseconds } from './tasks.ts';
import { type StreamUsers, change, visible } from './users.ts';

const flag = z.boolean('must be a boolean').nullish();
const common = { user_ids: userIds(100), created_by_id: z.string('must be a string').nullish() };
const deactivateSchema = z.object({
  ...common,
  mark_messages_deleted: flag,
  mark_channels_deleted: flag,
});
const reactivateSchema = z.object({ ...common, restore_messages: flag, restore_channels: flag });

/** DeactivateUsers: a task; result `{users: [...]}` (stream-chat-python test_deactivate_users). */
export function deactivateUsers(users: StreamUsers, tasks: StreamTasks): Handler {
  return (call) => {
    const body = readBody(call, deactivateSchema);
    refuseUnless(users, call.operation, body.user_ids, false);
    const task = tasks.start(
      {
        operation: call.operation,
        userIds: body.user_ids,
        finish(_task, at) {
          for (const id of body.user_ids) {
            const messagesMarked = body.mark_messages_deleted === true;
            change(users, id, { deactivatedAt: at, ...(messagesMarked ? { messagesMarked } : {}) });
          }
          const rows = body.user_ids.map((id) => ({ id, deactivated_at: nanoseconds(at) }));
          return { users: rows };
        },
      },
      call.now,
    );
    return { status: 201, body: { task_id: task.id }, taskId: task.id };
  };
}

/** ReactivateUsers: a task; touches deactivated users only. */
export function reactivateUsers(users: StreamUsers, tasks: StreamTasks): Handler {
  return (call) => {
    const body = readBody(call, reactivateSchema);
    refuseUnless(users, call.operation, body.user_ids, true);
    const task = tasks.start(
      {
        operation: call.operation,
        userIds: body.user_ids,
        finish() {
          for (const id of body.user_ids) {
            const back = body.restore_messages === true ? { messagesMarked: false } : {};
            change(users, id, { deactivatedAt: null, ...back });
          }
          return { users: body.user_ids.map((id) => ({ id })) };
        },
      },
      call.now,
    );
    return { status: 201, body: { task_id: task.id }, taskId: task.id };
  };
}

/** [U] both refuse the whole batch: 404 for a user who is not there, 400 in the wrong state. */
function refuseUnless(
  users: StreamUsers,
  operation: string,
  ids: readonly string[],
  deactivated: boolean,
): void {
  const missing = ids.find((id) => !visible(users, id));
  if (missing !== undefined) throw notFound(operation, `user with id "${missing}" not found`);
  const wrong = ids.find((id) => (users.accounts.get(id).deactivatedAt !== null) !== deactivated);
  if (wrong === undefined) return;
  throw badInput(operation, `user "${wrong}" is ${deactivated ? 'not' : 'already'} deactivated`);
}
