import { z } from 'zod';
import { type ApiAnswer, failure } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { Operation } from '../../requests/request.ts';
import type { SubjectResult, Submission, TaskReport } from '../../requests/transitions/answers.ts';
import { batchOf, notOurs, onlySubject } from '../batch.ts';
import { type ApiConnection, noLink } from '../connection.ts';
import {
  type Outcome,
  asUnreachable,
  forgottenTask,
  misfitOf,
  unreadableAnswer,
  unreadableTask,
} from '../denial.ts';
import type { Collection, Outgoing, RunningCall } from '../provider.ts';
import type { StreamClient } from './client.ts';
import { saysUnknown, saysUnknownUser } from './denial.ts';
import { ExportResult, Started, Task } from './schemas.ts';

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

/** A task as Stream shows it, or why it cannot be seen. */
export type TaskView =
  | { kind: 'task'; task: Task }
  | Exclude<TaskReport, { kind: 'running' | 'done' | 'failed' | 'no_data' }>;

/** Reads the answer of GetTask about the task `taskId`. [U]: how long a task can be read. */
export function taskOf(outcome: Outcome, taskId: string): TaskView {
  if (outcome.kind === 'denied' && saysUnknown(outcome)) return forgottenTask(outcome);
  if (outcome.kind === 'denied' && outcome.status !== 429) return unreadableTask(outcome);
  if (outcome.kind !== 'ok') return asUnreachable(outcome);
  const reading = readJson(outcome.answer.text, Task);
  if (reading.kind !== 'fits') return misfit(misfitOf(reading));
  return reading.value.task_id === taskId
    ? { kind: 'task', task: reading.value }
    : misfit('the field task_id names another task');
}

/**
 * How far the task of a call is. Only `completed` is done, only `failed` has failed; any other word
 * runs.
 */
export function reportOf(
  view: TaskView,
  call: Pick<RunningCall, 'operation' | 'subjectIds'>,
  redactor: Redactor,
): TaskReport {
  if (view.kind !== 'task') return view;
  const status = redactor.clean(view.task.status);
  switch (view.task.status) {
    case 'completed':
      return { kind: 'done', status, results: resultsOf(view.task.result, call, redactor) };
    case 'failed': {
      const why = redactor.clean(
        [view.task.error?.type, view.task.error?.description].filter(Boolean).join(': '),
      );
      const message = `Stream's task failed${why === '' ? ' and says nothing about why' : `: ${why}`}`;
      return { kind: 'failed', status, error: failure('task_failed', message) };
    }
    default:
      return { kind: 'running', status };
  }
}

/**
 * The file of a completed export. Stream says nowhere in the answer when the link ends; it makes a
 * new one on each status call (SEED), so it is asked for right before the download.
 */
export function exportFile(task: Task, connection: ApiConnection): Collection {
  const result = ExportResult.safeParse(task.result);
  return result.success
    ? connection.file(result.data.url, null)
    : noLink("Stream's task is completed and holds no link to a file (result.url)");
}

function misfit(what: string): TaskView {
  const message = `Stream's answer about the task does not fit: ${what}`;
  return { kind: 'unreadable', error: unreadableAnswer(message) };
}

/** What is known of an entry (CGO async_tasks_test.go:73): the user was deleted. */
const Ok = z.object({ status: z.literal('ok') });

/** How deep an entry is searched for words; what comes from outside may be nested without end. */
const DEPTH = 4;

/**
 * What a completed task of DeleteUsers says about each user of its call; a user it does not name
 * is left out. The value for one who was not deleted is unconfirmed ([U]), so anything but `ok` is
 * one. Null: this task tells no users apart.
 */
function resultsOf(
  result: unknown,
  { operation, subjectIds }: Pick<RunningCall, 'operation' | 'subjectIds'>,
  redactor: Redactor,
): ReadonlyMap<string, SubjectResult> | null {
  if (operation !== 'delete_users') return null;
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return null;
  const entries = new Map<string, unknown>(Object.entries(result));
  return new Map(
    subjectIds.flatMap((id): [string, SubjectResult][] =>
      entries.has(id) ? [[id, resultOf(entries.get(id), redactor)]] : [],
    ),
  );
}

function resultOf(entry: unknown, redactor: Redactor): SubjectResult {
  if (Ok.safeParse(entry).success) return { kind: 'ok' };
  const why = redactor.clean(wordsIn(entry, DEPTH).join(': '));
  const said = why === '' ? 'without a word about why' : `it says: ${why}`;
  const message = `Stream's task is completed, and this user was not deleted; ${said}`;
  return { kind: 'failed', error: failure('user_not_deleted', message) };
}

function wordsIn(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  return Object.values(value).flatMap((part) => wordsIn(part, depth - 1));
}
