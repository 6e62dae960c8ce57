import type { Change } from '../requests/change.ts';
import type { Artifact } from '../requests/request.ts';
import { append } from './append.ts';
import { insertCall } from './call-row.ts';
import { text } from './columns.ts';
import { requireConfirmation } from './confirmations.ts';
import type { Connection } from './connection.ts';
import { requireLease } from './lease-check.ts';
import { keepOrder } from './ordering.ts';
import { patchCall } from './patch.ts';
import { changeStep } from './step-change.ts';
import { bringUpToDate } from './upkeep.ts';

/**
 * Applies a change with its events. Runs inside a transaction that is rolled back when this throws:
 * LeaseLost, or an Error for a step or call that the ledger does not have, or for a call that nobody
 * has confirmed.
 */
export function record(on: Connection, token: string, change: Change): void {
  const { at, calls = [], callPatches = [], steps = [], artifacts = [] } = change;
  const changed = new Set([...steps.map(({ id }) => id), ...artifacts.map(({ stepId }) => stepId)]);
  const served = [
    // One that was found in a list names all whom the first call named, also those who moved on.
    ...calls.flatMap(({ state, stepIds }) => (state === 'accepted' ? [] : stepIds)),
    ...callPatches.flatMap(({ id }) => stepsServed(on, id)),
  ];
  for (const id of requestsOf(on, [...changed, ...served])) requireLease(on, token, id);

  for (const call of calls) {
    requireConfirmation(on, call, requestsOf(on, call.stepIds), at);
    insertCall(on, call);
  }
  for (const { id, patch } of callPatches) patchCall(on, id, patch);
  for (const { id, patch } of steps) changeStep(on, id, patch, at);
  for (const stepId of new Set(artifacts.map((one) => one.stepId))) {
    const own = artifacts.filter((one) => one.stepId === stepId);
    replaceArtifacts(
      on,
      stepId,
      own.map(({ artifact }) => artifact),
      at,
    );
  }
  for (const id of requestsOf(on, [...changed])) {
    keepOrder(on, id, at);
    bringUpToDate(on, id, at);
  }
}

function replaceArtifacts(
  on: Connection,
  stepId: string,
  artifacts: readonly Artifact[],
  at: number,
): void {
  const requestId = requestOf(on, stepId);
  on.sql('DELETE FROM artifacts WHERE step_id = ?').run(stepId);
  for (const [index, { path, bytes, sha256, format, records }] of artifacts.entries()) {
    const ordinal = index + 1;
    on.sql(
      `INSERT INTO artifacts (step_id, ordinal, path, bytes, sha256, format, records)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(stepId, ordinal, path, bytes, sha256, format, records);
    append(on, { requestId, at, kind: 'artifact', stepId, ordinal, sha256, bytes });
  }
}

/** Those whom the call serves now: who has ended, or has another call, is not concerned. */
function stepsServed(on: Connection, callId: string): readonly string[] {
  const rows = on
    .sql(
      `SELECT step_id FROM call_steps JOIN steps ON steps.id = call_steps.step_id
       WHERE call_steps.call_id = ?1 AND steps.call_id = ?1 AND steps.finished_at IS NULL`,
    )
    .all(callId);
  return rows.map((row) => text(row, 'step_id'));
}

function requestsOf(on: Connection, stepIds: readonly string[]): ReadonlySet<string> {
  return new Set(stepIds.map((id) => requestOf(on, id)));
}

function requestOf(on: Connection, stepId: string): string {
  const row = on.sql('SELECT request_id FROM steps WHERE id = ?').get(stepId);
  if (row === undefined) throw new Error(`There is no step ${stepId}.`);
  return text(row, 'request_id');
}
