import type { Change } from '../requests/change.ts';
import type { Artifact } from '../requests/request.ts';
import { append } from './append.ts';
import { insertCall } from './call-row.ts';
import { text } from './columns.ts';
import { requireConfirmation } from './confirmations.ts';
import type { Connection } from './connection.ts';
import { openDesk } from './desk.ts';
import type { Dossier } from './dossier.ts';
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
  const desk = openDesk(on);
  const dossierOf = (stepId: string): Dossier => desk.step(stepId).dossier;
  const changed = [...steps.map(({ id }) => id), ...artifacts.map(({ stepId }) => stepId)];
  const touched = new Set(changed.map(dossierOf));
  const served = [
    // One that was found in a list names all whom the first call named, also those who moved on.
    ...calls.flatMap(({ state, stepIds }) => (state === 'accepted' ? [] : stepIds)),
    ...callPatches.flatMap(({ id }) => stepsServed(on, id)),
  ];
  for (const dossier of new Set([...touched, ...served.map(dossierOf)]))
    requireLease(on, token, dossier.id);

  for (const call of calls) {
    requireConfirmation(on, call, new Set(call.stepIds.map((id) => dossierOf(id).id)), at);
    insertCall(on, call);
  }
  for (const { id, patch } of callPatches) patchCall(on, id, patch);
  for (const { id, patch } of steps) {
    const { dossier, step } = desk.step(id);
    changeStep(dossier, step, patch, at);
  }
  for (const [stepId, own] of Map.groupBy(artifacts, (each) => each.stepId)) {
    const files = own.map(({ artifact }) => artifact);
    replaceArtifacts(on, dossierOf(stepId), stepId, files, at);
  }
  for (const dossier of touched) {
    keepOrder(dossier, at);
    bringUpToDate(on, dossier, at);
  }
  desk.clear();
}

function replaceArtifacts(
  on: Connection,
  dossier: Dossier,
  stepId: string,
  artifacts: readonly Artifact[],
  at: number,
): void {
  on.sql('DELETE FROM artifacts WHERE step_id = ?').run(stepId);
  for (const [index, { path, bytes, sha256, format, records }] of artifacts.entries()) {
    const ordinal = index + 1;
    on.sql(
      `INSERT INTO artifacts (step_id, ordinal, path, bytes, sha256, format, records)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(stepId, ordinal, path, bytes, sha256, format, records);
    append(dossier, { at, kind: 'artifact', stepId, ordinal, sha256, bytes });
  }
}

/** Those whom the call serves now: who has ended, or has another call, is not concerned. */
function stepsServed(on: Connection, callId: string): readonly string[] {
  return on
    .sql('SELECT id FROM steps WHERE call_id = ? AND finished_at IS NULL')
    .all(callId)
    .map((row) => text(row, 'id'));
}
