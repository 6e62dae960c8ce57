import { z } from 'zod';
import { type ApiAnswer, failure } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Operation } from '../../requests/request.ts';
import type { Submission } from '../../requests/transitions/answers.ts';
import { batchOf, notOurs, onlySubject } from '../batch.ts';
import type { Outcome } from '../denial.ts';
import type { Outgoing } from '../provider.ts';
import type { StreamClient } from './client.ts';
import { saysUnknownUser } from './denial.ts';
import { Started } from './schemas.ts';

/** Stream's names of operations (OAS operationId). */
const IDS = {
  export_feeds: 'ExportFeedUserData',
  export_users: 'ExportUsers',
  delete_feeds: 'DeleteFeedUserData',
  delete_users: 'DeleteUsers',
  restore_users: 'RestoreUsers',
} as const;

/** Stream's name of an operation; one of another provider's is an error of ours. */
export function idOf(operation: Operation) {
  if (operation === 'access' || operation === 'delete') {
    throw notOurs(`Stream cannot be asked for ${operation}`);
  }
  return IDS[operation];
}

/** The most users of a DeleteUsers or RestoreUsers call (OAS maxItems). */
const MOST = 100;

/** The options of DeleteFeedUserData; the mode is always said, though Stream has a default. */
const FeedDeletion = z.strictObject({ hard_delete: z.boolean() });
export type FeedDeletion = z.infer<typeof FeedDeletion>;

const Mode = z.enum(['soft', 'pruning', 'hard']);
const TwoModes = z.enum(['soft', 'hard']).optional();
const Owner = z.string().regex(/\S/).optional();

/**
 * The options of DeleteUsers (docs/providers/stream.md 2.4). A hard user needs hard messages and
 * conversations (section 4): Stream's answer to anything else is unconfirmed ([U]), so that none is
 * sent.
 */
const UserDeletion = z
  .strictObject({
    user: Mode,
    messages: Mode.optional(),
    conversations: TwoModes,
    calls: TwoModes,
    files: z.boolean().optional(),
    new_channel_owner_id: Owner,
    new_call_owner_id: Owner,
  })
  .refine(
    ({ user, messages, conversations }) =>
      user !== 'hard' || (messages === 'hard' && conversations === 'hard'),
  );
export type UserDeletion = z.infer<typeof UserDeletion>;

/** What is sent is what was confirmed, or nothing: options not planned for are an error of ours. */
function optionsOf<Options>({ operation, options }: Outgoing, schema: z.ZodType<Options>): Options {
  const reading = schema.safeParse(options);
  if (!reading.success) throw notOurs(`${operation} was about to be sent with other options`);
  return reading.data;
}

/** Whether a deletion of feed data is to leave nothing, not even what is hidden. */
export function isHard(call: Outgoing): boolean {
  return optionsOf(call, FeedDeletion).hard_delete;
}

/**
 * Sends a call, and says what Stream's answer means. An export goes for one subject alone, because
 * the file of several could not be told apart, and so does what is in the path. Options are asserted
 * before anything leaves.
 */
export async function submit(
  call: Outgoing,
  client: StreamClient,
  signal: AbortSignal,
): Promise<Submission> {
  const outcome = await send(call, client, signal);
  if (outcome.kind === 'ok') {
    // Any 2xx of RestoreUsers is done, and there is no task (docs/providers/stream.md 2.5).
    return call.operation === 'restore_users' ? { kind: 'done' } : started(outcome.answer);
  }
  if (outcome.kind !== 'denied') return outcome;
  // A restore of a user who is not deleted is refused, and with him, perhaps, all others ([U]).
  const { error } = outcome;
  return saysUnknownUser(outcome, call.subjectIds)
    ? { kind: 'absent', error: { ...error, code: 'not_found' } }
    : { kind: 'refused', error };
}

function send(call: Outgoing, client: StreamClient, signal: AbortSignal): Promise<Outcome> {
  switch (idOf(call.operation)) {
    case 'ExportFeedUserData':
      return client.exportFeedUserData(onlySubject(call), signal);
    case 'ExportUsers':
      return client.exportUsers([onlySubject(call)], signal);
    case 'DeleteFeedUserData':
      return client.deleteFeedUserData(onlySubject(call), optionsOf(call, FeedDeletion), signal);
    case 'DeleteUsers':
      return client.deleteUsers(batchOf(call, MOST), optionsOf(call, UserDeletion), signal);
    case 'RestoreUsers':
      return client.restoreUsers(batchOf(call, MOST), signal);
  }
}

/** Any 2xx has started the task; an answer from which no task id can be read is lost. */
function started({ text, status }: ApiAnswer): Submission {
  const reading = readJson(text, Started);
  if (reading.kind === 'fits') {
    return { kind: 'accepted', taskId: reading.value.task_id, status: null };
  }
  const what = reading.kind === 'misfit' ? `${reading.field} is not as agreed` : 'not JSON';
  const message = `Stream accepted the call, and its answer holds no task: ${what}`;
  return { kind: 'lost', error: failure('unreadable_answer', message, { httpStatus: status }) };
}
