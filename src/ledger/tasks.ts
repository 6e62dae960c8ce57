import type { Step } from '../requests/request.ts';
import { text } from './columns.ts';
import type { Connection } from './connection.ts';

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
