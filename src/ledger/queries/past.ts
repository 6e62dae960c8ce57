import { operationsOf } from '../../requests/operations.ts';
import type { Step } from '../../requests/request.ts';
import { digest } from '../audit-log/event.ts';
import type { Connection } from '../file/connection.ts';
import type { Identified, PastErasure } from '../ledger.ts';
import { columnList, flag, integer, pickColumns, read, text } from '../rows/columns.ts';
import { OWN_OF_REQUEST, STEP } from '../rows/tables.ts';

const DELETIONS = operationsOf({ does: 'delete' });

/** Whether a later erase, or restore, of one of its people did something. */
const UNDONE = `EXISTS (
  SELECT 1 FROM steps AS own
  CROSS JOIN steps AS other ON other.account = own.account AND other.subject_id = own.subject_id
  CROSS JOIN requests AS later ON later.id = other.request_id
  WHERE own.request_id = requests.id AND later.ordinal > requests.ordinal
    AND later.action = CASE requests.action WHEN 'erase' THEN 'restore' WHEN 'restore' THEN 'erase' END
    AND later.state NOT IN ('not_found', 'cancelled'))`;

const STANDING = pickColumns(OWN_OF_REQUEST, 'state', 'finishedAt');

/** For each of the identities that some request has: the one that was recorded last. */
export function newestIdentified(
  on: Connection,
  identities: readonly string[],
): ReadonlyMap<string, Identified> {
  const asked = new Map(identities.map((identity) => [digest(identity), identity]));
  const found = new Map<string, Identified>();
  const rows = on
    .sql(
      `SELECT requests.id, identity, ${columnList(STANDING, 'requests')}, ${UNDONE} AS undone
       FROM json_each(?) AS picked
       CROSS JOIN requests ON requests.identity = picked.value ORDER BY requests.ordinal`,
    )
    .all(JSON.stringify([...asked.keys()]));
  for (const row of rows) {
    const identity = asked.get(text(row, 'identity'));
    if (identity === undefined) continue;
    const isUndone = flag(row, 'undone');
    found.set(identity, { requestId: text(row, 'id'), ...read(row, STANDING), isUndone });
  }
  return found;
}

const ERASURE = pickColumns(STEP, 'subjectId', 'requestId', 'operation', 'options', 'before');

/** The deletions that succeeded for these subjects at an account, oldest first. */
export function erasures(
  on: Connection,
  account: string,
  subjectIds: readonly string[],
): readonly PastErasure[] {
  return [...new Set(subjectIds)]
    .flatMap((subjectId) => erasuresOf(on, account, subjectId))
    .toSorted((a, b) => a.erasure.finishedAt - b.erasure.finishedAt || a.ordinal - b.ordinal)
    .map(({ erasure }) => erasure);
}

function erasuresOf(
  on: Connection,
  account: string,
  subjectId: string,
): readonly { ordinal: number; erasure: PastErasure }[] {
  return on
    .sql(
      `SELECT ordinal, finished_at, ${columnList(ERASURE)} FROM steps
       WHERE account = ? AND subject_id = ? AND state = 'succeeded' AND finished_at IS NOT NULL
         AND operation IN (${DELETIONS.map(() => '?').join(', ')})`,
    )
    .all(account, subjectId, ...DELETIONS)
    .map((row) => ({
      ordinal: integer(row, 'ordinal'),
      erasure: { ...read(row, ERASURE), finishedAt: integer(row, 'finished_at') },
    }));
}

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
