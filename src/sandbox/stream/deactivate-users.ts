import { z } from 'zod';
import type { StreamUsers } from '../population/accounts.ts';
import { badInput, readBody, userIds } from './errors.ts';
import { nanoseconds } from './tasks.ts';
import { type StreamHandler, userNotFound, visible } from './users.ts';

const flag = z.boolean('must be a boolean').nullish();
const common = { user_ids: userIds(100), created_by_id: z.string('must be a string').nullish() };
const deactivateSchema = z.object({
  ...common,
  mark_messages_deleted: flag,
  mark_channels_deleted: flag,
});
const reactivateSchema = z.object({ ...common, restore_messages: flag, restore_channels: flag });

/** DeactivateUsers: a task; result `{users: [...]}` (stream-chat-python test_deactivate_users). */
export const deactivateUsers: StreamHandler = (call, { users, tasks }) => {
  const { user_ids: ids, mark_messages_deleted: marks } = readBody(call, deactivateSchema);
  refuseUnless(users, call.operation, ids, false);
  return tasks.begin(call, ids, {
    finish(at) {
      const marked = marks === true ? { messagesMarked: true } : {};
      for (const id of ids) users.accounts.change(id, { deactivatedAt: at, ...marked });
      return { users: ids.map((id) => ({ id, deactivated_at: nanoseconds(at) })) };
    },
  });
};

/** ReactivateUsers: a task; touches deactivated users only. */
export const reactivateUsers: StreamHandler = (call, { users, tasks }) => {
  const { user_ids: ids, restore_messages: restores } = readBody(call, reactivateSchema);
  refuseUnless(users, call.operation, ids, true);
  return tasks.begin(call, ids, {
    finish() {
      const back = restores === true ? { messagesMarked: false } : {};
      for (const id of ids) users.accounts.change(id, { deactivatedAt: null, ...back });
      return { users: ids.map((id) => ({ id })) };
    },
  });
};

/** [U] both refuse the whole batch: 404 for a user who is not there, 400 in the wrong state. */
function refuseUnless(
  users: StreamUsers,
  operation: string,
  ids: readonly string[],
  deactivated: boolean,
): void {
  const missing = ids.find((id) => !visible(users, id));
  if (missing !== undefined) throw userNotFound(operation, missing);
  const wrong = ids.find((id) => (users.accounts.get(id).deactivatedAt !== null) !== deactivated);
  if (wrong === undefined) return;
  throw badInput(operation, `user "${wrong}" is ${deactivated ? 'not' : 'already'} deactivated`);
}
