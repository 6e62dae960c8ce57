import { z } from 'zod';
import { type StreamUsers, stronger } from '../population/accounts.ts';
import { badInput, readBody, userIds } from './errors.ts';
import { type StreamHandler, existing, refuseUnknown, visible } from './users.ts';

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
 * [U] an unknown id, see `refuseUnknown`; the fault `batch-refused` refuses with 400 code 4.
 * [U] the answer when the hard rule is broken: 400 code 4. [U] the entry of a user who could not
 * be deleted: `{status: "error", error}`, in a task that completes all the same.
 */
export const deleteUsers: StreamHandler = (call, context) => {
  const { users, tasks, faults } = context;
  const body = readBody(call, deleteUsersSchema);
  const ids = body.user_ids;
  checkHardRule(call.operation, body);
  refuseUnknown(context, call, ids);
  const subject = { labels: [call.operation, 'stream'], ids };
  const failing = faults.hitIds('delete-user-fails', subject);
  const staying = faults.hitIds('user-stays-visible', subject);
  const hidden = ids.filter((id) => visible(users, id) && !staying.includes(id));
  for (const id of hidden) users.accounts.change(id, { hidden: true });
  return tasks.begin(call, ids, {
    finish(at) {
      const entries = ids.map((id) => {
        if (failing.includes(id)) {
          users.accounts.change(id, { hidden: false });
          return [id, { status: 'error', error: 'user could not be deleted' }];
        }
        if (!staying.includes(id) && existing(users, id)) erase(users, id, body, at);
        return [id, { status: 'ok' }];
      });
      return Object.fromEntries(entries);
    },
    fail() {
      for (const id of hidden) users.accounts.change(id, { hidden: false });
    },
  });
};

function checkHardRule(operation: string, body: Options): void {
  if (body.user !== 'hard') return;
  if (body.messages === 'hard' && body.conversations === 'hard') return;
  const why = 'hard deleting users requires hard deletion of messages and conversations';
  throw badInput(operation, why, 'user');
}

/** [U] whether a hard user delete clears feed data as well: it does not, the call for that is another. */
function erase({ accounts }: StreamUsers, id: string, body: Options, at: number): void {
  const before = accounts.get(id);
  accounts.change(id, {
    hidden: false,
    user: { mode: stronger(before.user?.mode ?? null, body.user ?? 'soft') ?? 'soft', at },
    messages: stronger(before.messages, body.messages),
    conversations: stronger(before.conversations, body.conversations),
    calls: stronger(before.calls, body.calls),
    files: before.files || body.files === true,
  });
}

const feedsSchema = z.object({ hard_delete: z.boolean('must be a boolean').nullish() });

/**
 * DeleteFeedUserData: the account stays, all feed data leaves exports and queries in both modes;
 * softly deleted activities can still be queried for.
 * [U] the shape of the task's result: none.
 */
export const deleteFeedUserData: StreamHandler = (call, context) => {
  const { users, tasks, faults } = context;
  const { hard_delete: hard } = readBody(call, feedsSchema);
  const id = call.params['user_id'] ?? '';
  refuseUnknown(context, call, [id]);
  const subject = { labels: [call.operation, 'stream'], ids: [id] };
  const stays = faults.hits('user-stays-visible', subject);
  return tasks.begin(call, [id], {
    finish(at) {
      const { feeds: before, feedsDeletedAt } = users.accounts.get(id);
      const feeds = stronger(before, hard === true ? 'hard' : 'soft');
      if (!stays) users.accounts.change(id, { feeds, feedsDeletedAt: feedsDeletedAt ?? at });
      return null;
    },
  });
};
