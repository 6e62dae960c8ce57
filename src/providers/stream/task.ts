import { z } from 'zod';
import { failure } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { SubjectResult, TaskReport } from '../../requests/transitions/answers.ts';
import { type ApiConnection, noLink } from '../connection.ts';
import {
  type Outcome,
  asUnreachable,
  forgottenTask,
  misfitOf,
  unreadableTask,
  unreadableAnswer,
} from '../denial.ts';
import type { Collection, RunningCall } from '../provider.ts';
import { saysUnknown } from './denial.ts';
import { ExportResult, Task } from './schemas.ts';

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
