import { order } from '../requests/plan/order.ts';
import type { Artifact } from '../requests/request.ts';
import { requestState } from '../requests/state.ts';
import type { Change, StepPatch } from '../requests/transitions/change.ts';
import { append } from './audit-log/append.ts';
import { canonicalJson } from '../requests/canonical.ts';
import { requireConfirmation } from './confirmations.ts';
import type { Connection } from './file/connection.ts';
import { createIdentityMap } from './identity-map.ts';
import { requireLease } from './leases.ts';
import { insertCall } from './rows/calls.ts';
import { text } from './rows/columns.ts';
import { patchCall } from './rows/patch.ts';
import { errorFrom } from './rows/steps.ts';
import type { UnitOfWork, StepInHand } from './unit-of-work.ts';

/**
 * Applies a change with its events. Runs inside a transaction that is rolled back when this throws:
 * LeaseLost, or an Error for a step or call that the ledger does not have, or for a call that nobody
 * has confirmed.
 */
export function record(on: Connection, token: string, change: Change): void {
  const { at, calls = [], callPatches = [], steps = [], artifacts = [] } = change;
  const identityMap = createIdentityMap(on);
  const dossierOf = (stepId: string): UnitOfWork => identityMap.step(stepId).unitOfWork;
  const changed = [...steps.map(({ id }) => id), ...artifacts.map(({ stepId }) => stepId)];
  const touched = new Set(changed.map(dossierOf));
  const served = [
    // One that was found in a list names all whom the first call named, also those who moved on.
    ...calls.flatMap(({ state, stepIds }) => (state === 'accepted' ? [] : stepIds)),
    ...callPatches.flatMap(({ id }) => stepsServed(on, id)),
  ];
  for (const unitOfWork of new Set([...touched, ...served.map(dossierOf)]))
    requireLease(on, token, unitOfWork.id);

  for (const call of calls) {
    requireConfirmation(on, call, new Set(call.stepIds.map((id) => dossierOf(id).id)), at);
    insertCall(on, call);
  }
  for (const { id, patch } of callPatches) patchCall(on, id, patch);
  for (const { id, patch } of steps) {
    const { unitOfWork, step } = identityMap.step(id);
    changeStep(unitOfWork, step, patch, at);
  }
  for (const [stepId, own] of Map.groupBy(artifacts, (each) => each.stepId)) {
    const files = own.map(({ artifact }) => artifact);
    replaceArtifacts(on, dossierOf(stepId), stepId, files, at);
  }
  for (const unitOfWork of touched) {
    keepOrder(unitOfWork, at);
    updateState(on, unitOfWork, at);
  }
  identityMap.clear();
}

function replaceArtifacts(
  on: Connection,
  unitOfWork: UnitOfWork,
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
    append(unitOfWork, { at, kind: 'artifact', stepId, ordinal, sha256, bytes });
  }
}

/** Those whom the call serves now: who has ended, or has another call, is not concerned. */
function stepsServed(on: Connection, callId: string): readonly string[] {
  return on
    .sql('SELECT id FROM steps WHERE call_id = ? AND finished_at IS NULL')
    .all(callId)
    .map((row) => text(row, 'id'));
}

/** Applies a patch to a step, with an event for the state that it sets and for what looking again has shown. */
function changeStep(unitOfWork: UnitOfWork, step: StepInHand, patch: StepPatch, at: number): void {
  const { patches } = unitOfWork;
  const isFinding = patch.after !== undefined && (patch.after !== null || step.after !== null);
  const known = patches.get(step.id);
  patches.set(step.id, known === undefined ? patch : { ...known, ...patch });
  take(step, patch);
  const { id: stepId, callId, taskId } = step;
  if (isFinding)
    append(unitOfWork, { at, kind: 'check', stepId, callId, taskId, state: step.after });
  if (patch.state === undefined) return;
  const errorCode = step.error === null ? null : errorFrom(stepId, step.error).code;
  append(unitOfWork, { at, kind: 'step', stepId, callId, taskId, state: step.state, errorCode });
}

function take(step: StepInHand, patch: StepPatch): void {
  const { state, note, whole, callId, taskId, blocked, after, finishedAt, error } = patch;
  if (state !== undefined) step.state = state;
  if (note !== undefined) step.note = note;
  if (whole !== undefined) step.whole = whole;
  if (callId !== undefined) step.callId = callId;
  if (taskId !== undefined) step.taskId = taskId;
  if (blocked !== undefined) step.blocked = blocked;
  if (after !== undefined) step.after = after;
  if (finishedAt !== undefined) step.finishedAt = finishedAt;
  if (error !== undefined) step.error = error === null ? null : canonicalJson(error);
}

/**
 * Brings `state`, `finishedAt` and `sealed` of a request that changed up to date, with an event when
 * the state is a new one. What it wrote into its bundle before is out of date. One that was closed
 * by hand stays closed, whatever its steps come to.
 */
export function updateState(on: Connection, unitOfWork: UnitOfWork, at: number): void {
  const { state: before, finishedAt, outDir } = unitOfWork;
  const state = unitOfWork.isClosed ? 'closed' : requestState(unitOfWork.steps);
  const ended = state !== 'open' && state !== 'in_doubt';
  unitOfWork.state = state;
  unitOfWork.finishedAt = ended ? (finishedAt ?? at) : null;
  unitOfWork.sealed = outDir === null || (ended && !hasFiles(on, unitOfWork.id));
  if (state !== before) append(unitOfWork, { at, kind: 'request', state });
}

function hasFiles(on: Connection, requestId: string): boolean {
  const file = on
    .sql(
      `SELECT 1 FROM steps JOIN artifacts ON artifacts.step_id = steps.id
       WHERE steps.request_id = ? LIMIT 1`,
    )
    .get(requestId);
  return file !== undefined;
}

/**
 * Has the steps of a request wait for one another as requests/order.ts says. One step that moves may
 * move the next, so it is asked until nothing does.
 */
export function keepOrder(unitOfWork: UnitOfWork, at: number): void {
  const moves = new Map(order(unitOfWork, at).map(({ id, patch }) => [id, patch]));
  if (moves.size === 0) return;
  for (const step of unitOfWork.steps) {
    const patch = moves.get(step.id);
    if (patch !== undefined) changeStep(unitOfWork, step, patch, at);
  }
  keepOrder(unitOfWork, at);
}
