import { z } from 'zod';
import { type StreamAccount, stronger } from '../accounts/stream-account.ts';
import type { FaultBook } from '../faults/book.ts';
import type { Handler } from '../vendor.ts';
import { readBody, userIds } from './body.ts';
import { badInput, notFound } from './errors.ts';
import type { StreamTasks } from './tasks.ts';
import { type StreamUsers, change, existing, visible } from './users.ts';

const threeModes = z
  .enum(['soft', 'pruning', 'hard', ''], 'must be one of soft, pruning, hard')
  .nullish()
  .transform((value) => value || null);
const twoModes = z
  .enum(['soft', 'hard', ''], 'must be one of soft, hard')
  .nullish()
  .transform((value) => value || null);

/** OAS DeleteUsersRequest; null or an empty string means "does not touch these". */
const deleteUsersSchema = z.object({
  user_ids: userIds(100),
  user: threeModes,
  messages: threeModes,
  conversations: twoModes,
  calls: twoModes,
  files: z.boolean('must be a boolean').nullish(),
  new_channel_owner_id: z.string('must be a string').nullish(),
  new_call_owner_id: z.string('must be a string').nullish(),
});

type Options = z.infer<typeof deleteUsersSchema>;

/**
 * DeleteUsers: hides the users at once, does the rest in a task whose result is keyed by user.
 * [U] an unknown (or already hard-deleted) id refuses the whole batch with 404 code 16; the
 * fault `batch-refused` refuses with 400 code 4, `unknown-user-accepted` takes them.
 * [U] the answer when the hard rule is broken: 400 code 4. [U] the entry of a user who could not
 * be deleted: `{status: "error", error}`, in a task that completes all the same.
 */
export function deleteUsers(users: StreamUsers, tasks: StreamTasks, faults: FaultBook): Handler {
  return (call) => {
    const body = readBody(call, deleteUsersSchema);
    const ids = body.user_ids;
    checkHardRule(call.operation, body);
    const subject = { labels: [call.operation, 'stream'], ids };
    const unknown = ids.filter((id) => !existing(users, id));
    if (unknown.length > 0 && !faults.hits('unknown-user-accepted', subject)) {
      throw notFound(call.operation, `users not found: ${unknown.join(', ')}`);
    }
    const only = (name: string) =>
      ids.filter((id) => faults.hits(name, { labels: subject.labels, ids: [id] }));
    const failing = only('delete-user-fails');
    const staying = only('user-stays-visible');
    const hidden = ids.filter((id) => visible(users, id) && !staying.includes(id));
    for (const id of hidden) change(users, id, { hidden: true });

    const task = tasks.start(
      {
        operation: call.operation,
        userIds: ids,
        finish(_task, at) {
          const entries = ids.map((id) => {
            if (failing.includes(id)) {
              change(users, id, { hidden: false });
              return [id, { status: 'error', error: 'user could not be deleted' }];
            }
            if (!staying.includes(id) && existing(users, id)) erase(users, id, body, at);
            return [id, { status: 'ok' }];
          });
          return Object.fromEntries(entries);
        },
        fail() {
          for (const id of hidden) change(users, id, { hidden: false });
        },
      },
      call.now,
    );
    return { status: 201, body: { task_id: task.id }, taskId: task.id };
  };
}

function checkHardRule(operation: string, body: Options): void {
  if (body.user !== 'hard') return;
  if (body.messages === 'hard' && body.conversations === 'hard') return;
  throw badInput(
    operation,
    'hard deleting users requires hard deletion of messages and conversations',
    'user',
  );
}

/** [U] whether a hard user delete clears feed data as well: it does not, the call for that is another. */
function erase(users: StreamUsers, id: string, body: Options, at: number): void {
  const before: StreamAccount = users.accounts.get(id);
  change(users, id, {
    hidden: false,
    user: { mode: stronger(before.user?.mode ?? null, body.user ?? 'soft') ?? 'soft', at },
    messages: stronger(before.messages, body.messages),
    conversations: stronger(before.conversations, body.conversations),
    calls: stronger(before.calls, body.calls),
    files: before.files || body.files === true,
  });
}
