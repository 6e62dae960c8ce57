import type { Call } from '../../requests/request.ts';
import { canonicalJson } from '../../requests/canonical.ts';
import type { Connection } from '../file/connection.ts';
import { type Row, flag, integer, integerOrNull, json, text, textOrNull, word } from './columns.ts';
import { CALL_STATES, OPERATIONS, PROVIDERS } from './words.ts';

/** Rows of `calls`, in their order, each with the steps that it served in the order in which they were sent. */
export function callsFrom(on: Connection, rows: readonly Row[]): readonly Call[] {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => text(row, 'id'));
  const served = on
    .sql(
      `SELECT call_steps.* FROM json_each(?) AS picked
       CROSS JOIN call_steps ON call_steps.call_id = picked.value
       ORDER BY picked.key, call_steps.ordinal`,
    )
    .all(JSON.stringify(ids));
  const byCall = Map.groupBy(served, (one) => text(one, 'call_id'));
  return rows.map((row) => callFrom(row, byCall.get(text(row, 'id')) ?? []));
}

function callFrom(row: Row, served: readonly Row[]): Call {
  return {
    id: text(row, 'id'),
    provider: word(row, 'provider', PROVIDERS),
    operation: word(row, 'operation', OPERATIONS),
    account: text(row, 'account'),
    options: json(row, 'options'),
    stepIds: served.map((one) => text(one, 'step_id')),
    subjectIds: served.map((one) => text(one, 'subject_id')),
    taskId: textOrNull(row, 'task_id'),
    state: word(row, 'state', CALL_STATES),
    replaces: textOrNull(row, 'replaces'),
    adopted: flag(row, 'adopted'),
    providerStatus: textOrNull(row, 'provider_status'),
    intendedAt: integer(row, 'intended_at'),
    answeredAt: integerOrNull(row, 'answered_at'),
  };
}

/** Records a call that is intended. `subjectIds[i]` is the subject of `stepIds[i]`. */
export function insertCall(on: Connection, call: Call): void {
  if (call.subjectIds.length !== call.stepIds.length) {
    throw new Error(`Call ${call.id} has not one subject for each step.`);
  }
  on.sql(
    `INSERT INTO calls (id, provider, operation, account, options, task_id, state, replaces,
       adopted, provider_status, intended_at, answered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    call.id,
    call.provider,
    call.operation,
    call.account,
    canonicalJson(call.options),
    call.taskId,
    call.state,
    call.replaces,
    Number(call.adopted),
    call.providerStatus,
    call.intendedAt,
    call.answeredAt,
  );
  for (const [index, stepId] of call.stepIds.entries()) {
    on.sql(
      'INSERT INTO call_steps (call_id, ordinal, step_id, subject_id) VALUES (?, ?, ?, ?)',
    ).run(call.id, index + 1, stepId, call.subjectIds[index] ?? '');
  }
}
