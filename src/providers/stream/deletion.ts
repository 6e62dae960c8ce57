import { z } from 'zod';
import { notOurs } from '../not-ours.ts';
import type { Outgoing } from '../provider.ts';

const Mode = z.enum(['soft', 'pruning', 'hard']);
const Owner = z.string().regex(/\S/);

/** The options of DeleteFeedUserData; the mode is always said, though Stream has a default. */
const FeedDeletion = z.strictObject({ hard_delete: z.boolean() });
export type FeedDeletion = z.infer<typeof FeedDeletion>;

/**
 * The options of DeleteUsers (docs/providers/stream.md 2.4). A hard user needs hard messages and
 * conversations (section 4): Stream's answer to anything else is unconfirmed ([U]), so that none is
 * sent.
 */
const UserDeletion = z
  .strictObject({
    user: Mode,
    messages: Mode.optional(),
    conversations: z.enum(['soft', 'hard']).optional(),
    calls: z.enum(['soft', 'hard']).optional(),
    files: z.boolean().optional(),
    new_channel_owner_id: Owner.optional(),
    new_call_owner_id: Owner.optional(),
  })
  .refine(
    ({ user, messages, conversations }) =>
      user !== 'hard' || (messages === 'hard' && conversations === 'hard'),
  );
export type UserDeletion = z.infer<typeof UserDeletion>;

/** The options of a deletion of feed data; any that were not planned for are an error of ours. */
export function feedDeletion({ operation, options }: Outgoing): FeedDeletion {
  const reading = FeedDeletion.safeParse(options);
  if (!reading.success) throw notOurs(`${operation} was about to be sent with other options`);
  return reading.data;
}

/** The same for a deletion of users: what is sent is what was confirmed, or nothing. */
export function userDeletion({ operation, options }: Outgoing): UserDeletion {
  const reading = UserDeletion.safeParse(options);
  if (!reading.success) throw notOurs(`${operation} was about to be sent with other options`);
  return reading.data;
}
