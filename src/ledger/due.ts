import { STEP_STATES, type Call, type Step, type StepState } from '../requests/request.ts';
import { callFrom } from './call-row.ts';
import { integer, text, textOrNull } from './columns.ts';
import type { Connection } from './connection.ts';
import { DamagedRow } from './faults.ts';
import type { DueQuery, DueStep } from './ledger.ts';
import { stepWithArtifacts } from './request-row.ts';

/** Steps that wait for nothing any more: at once first, then the longest overdue, then the oldest. */
export function due(on: Connection, token: string, query: DueQuery): readonly DueStep[] {
  const calls = new Map<string, Call | null>();
  return waiting(query)
    .flatMap(({ account, state }) =>
      on
        .sql(
          `SELECT ordinal, ifnull(next_at, -1) AS waits FROM steps
           WHERE lease_token = ? AND account = ? AND state = ? AND finished_at IS NULL
             AND ifnull(next_at, -1) <= ?
           ORDER BY ifnull(next_at, -1), ordinal LIMIT ?`,
        )
        .all(token, account, state, query.at, query.limit),
    )
    .map((row) => ({ ordinal: integer(row, 'ordinal'), waits: integer(row, 'waits') }))
    .toSorted((a, b) => a.waits - b.waits || a.ordinal - b.ordinal)
    .slice(0, query.limit)
    .map(({ ordinal }) => dueStep(on, ordinal, calls));
}

/** One seek in the index for each pair: a provider that pauses costs nothing, however much waits there. */
function waiting({ accounts, states }: DueQuery): readonly { account: string; state: StepState }[] {
  const each = [...new Set(states ?? STEP_STATES)];
  return [...new Set(accounts)].flatMap((account) => each.map((state) => ({ account, state })));
}

function dueStep(on: Connection, ordinal: number, calls: Map<string, Call | null>): DueStep {
  const row = on
    .sql(
      `SELECT steps.*, requests.out_dir AS out_dir
       FROM steps JOIN requests ON requests.id = steps.request_id WHERE steps.ordinal = ?`,
    )
    .get(ordinal);
  if (row === undefined) throw new DamagedRow('an index names a step that is not there');
  const step = stepWithArtifacts(on, row);
  return { step, call: callOf(on, step, calls), outDir: textOrNull(row, 'out_dir') };
}

/** Steps of one call share it: it is read once. */
function callOf(on: Connection, step: Step, known: Map<string, Call | null>): Call | null {
  if (step.callId === null) return null;
  const seen = known.get(step.callId);
  if (seen !== undefined) return seen;
  const row = on.sql('SELECT * FROM calls WHERE id = ?').get(step.callId);
  const call = row === undefined ? null : callFrom(on, row);
  known.set(step.callId, call);
  return call;
}

/** The next instant at which one of these steps is due; null: none waits. */
export function nextDueAt(on: Connection, token: string, query: DueQuery): number | null {
  const instants = waiting(query).flatMap(({ account, state }) =>
    on
      .sql(
        `SELECT next_at FROM steps
         WHERE lease_token = ? AND account = ? AND state = ? AND finished_at IS NULL
           AND ifnull(next_at, -1) > ?
         ORDER BY ifnull(next_at, -1) LIMIT 1`,
      )
      .all(token, account, state, query.at)
      .map((row) => integer(row, 'next_at')),
  );
  return instants.length === 0 ? null : Math.min(...instants);
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
