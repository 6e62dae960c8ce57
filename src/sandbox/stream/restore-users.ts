import { z } from 'zod';
import { badInput, readBody, userIds } from './errors.ts';
import type { StreamHandler } from './users.ts';

const schema = z.object({ user_ids: userIds(100) });

/**
 * RestoreUsers: at once, no task, soft-deleted users only, and only their own row.
 * Code 4 for a user who is not deleted (stream-node users.test.ts). [U] one bad id refuses the
 * whole batch, as in update batches; [U] pruned users are refused, for the docs name only soft;
 * [U] an unknown or hard-deleted user gets the same words as one who is not deleted.
 */
export const restoreUsers: StreamHandler = (call, { users: { accounts } }) => {
  const { user_ids: ids } = readBody(call, schema);
  const bad = ids.find((id) => accounts.get(id).user?.mode !== 'soft');
  if (bad !== undefined) {
    throw badInput(call.operation, `user "${bad}" is not deleted, it can't be restored`);
  }
  for (const id of ids) accounts.change(id, { user: null, hidden: false });
  return { status: 201, body: {} };
};
