import { operationsOf } from '../../requests/operations.ts';
import { ALL_OPERATIONS, type Step } from '../../requests/request.ts';
import type { Connection } from '../file/connection.ts';
import type { PastErasure } from '../ledger.ts';
import { integer, json, text, word, wordOrNull } from '../rows/columns.ts';
import { SIGHTS } from '../rows/words.ts';

/** Which of the tasks a call of this account already has. */
export function knownTasks(
  on: Connection,
  account: string,
  taskIds: readonly string[],
): ReadonlySet<string> {
  const rows = on
    .sql(
      `SELECT task_id FROM calls
       WHERE account = ? AND task_id IN (SELECT value FROM json_each(?))`,
    )
    .all(account, JSON.stringify(taskIds));
  return new Set(rows.map((row) => text(row, 'task_id')));
}

/** Whether a call for another subject, or another operation, of the account has this task. */
export function isTaskOfAnother(
  on: Connection,
  step: Pick<Step, 'account' | 'operation' | 'subjectId'>,
  taskId: string,
): boolean {
  const row = on
    .sql(
      `SELECT 1 FROM calls
       JOIN call_steps ON call_steps.call_id = calls.id
       JOIN steps ON steps.id = call_steps.step_id
       WHERE calls.account = ? AND calls.task_id = ?
         AND (steps.operation <> ? OR steps.subject_id <> ?) LIMIT 1`,
    )
    .get(step.account, taskId, step.operation, step.subjectId);
  return row !== undefined;
}

/** The deletions that succeeded for these subjects at an account, oldest first. */
export function erasures(
  on: Connection,
  account: string,
  subjectIds: readonly string[],
): readonly PastErasure[] {
  return [...new Set(subjectIds)]
    .flatMap((subjectId) => erasuresOf(on, account, subjectId))
    .toSorted((a, b) => a.finishedAt - b.finishedAt || a.ordinal - b.ordinal)
    .map(({ ordinal: _ordinal, ...erasure }) => erasure);
}

const DELETIONS = operationsOf({ does: 'delete' });

function erasuresOf(
  on: Connection,
  account: string,
  subjectId: string,
): readonly (PastErasure & { ordinal: number })[] {
  return on
    .sql(
      `SELECT ordinal, request_id, operation, options, before, finished_at FROM steps
       WHERE account = ? AND subject_id = ? AND state = 'succeeded' AND finished_at IS NOT NULL
         AND operation IN (${DELETIONS.map(() => '?').join(', ')})`,
    )
    .all(account, subjectId, ...DELETIONS)
    .map((row) => ({
      ordinal: integer(row, 'ordinal'),
      subjectId,
      requestId: text(row, 'request_id'),
      operation: word(row, 'operation', ALL_OPERATIONS),
      options: json(row, 'options'),
      before: wordOrNull(row, 'before', SIGHTS),
      finishedAt: integer(row, 'finished_at'),
    }));
}
