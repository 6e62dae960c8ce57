import { lacksConfirmation } from '../requests/confirmation.ts';
import { isExport } from '../requests/operations.ts';
import { orderFully } from '../requests/plan/order.ts';
import type { Artifact, Call } from '../requests/request.ts';
import { requestAfter } from '../requests/state.ts';
import type { Change, StepPatch } from '../requests/transitions/change.ts';
import { append } from './audit-log/append.ts';
import type { Connection } from './file/connection.ts';
import { requireLease } from './leases.ts';
import { insert, integerOrNull, text, update } from './rows/columns.ts';
import { ARTIFACT, CALL, CALL_STEP } from './rows/tables.ts';
import { type StepInHand, type UnitOfWork, createIdentityMap } from './unit-of-work.ts';

/**
 * Applies a change with its events. Runs inside a transaction that is rolled back when this throws:
 * LeaseLost, or an Error for a step or call that the ledger does not have, or for a call that nobody
 * has confirmed.
 */
export function record(on: Connection, token: string, change: Change): void {
  const { at, calls = [], callPatches = [], steps = [], artifacts = [] } = change;
  const identityMap = createIdentityMap(on);
  const unitOf = (stepId: string): UnitOfWork => identityMap.step(stepId).unitOfWork;
  const changed = [...steps.map(({ id }) => id), ...artifacts.map(({ stepId }) => stepId)];
  const touched = new Set(changed.map(unitOf));
  const served = [
    // One that was found in a list names all whom the first call named, also those who moved on.
    ...calls.flatMap(({ state, stepIds }) => (state === 'accepted' ? [] : stepIds)),
    ...callPatches.flatMap(({ id }) => servedNow(on, id)),
  ];
  for (const { id } of new Set([...touched, ...served.map(unitOf)])) requireLease(on, token, id);

  for (const call of calls) {
    requireConfirmation(on, call, new Set(call.stepIds.map((id) => unitOf(id).id)), at);
    insertCall(on, call);
  }
  for (const { id, patch } of callPatches) update(on, 'calls', CALL, id, patch);
  for (const { id, patch } of steps) {
    const { unitOfWork, step } = identityMap.step(id);
    changeStep(unitOfWork, step, patch, at);
  }
  for (const [stepId, own] of Map.groupBy(artifacts, (each) => each.stepId)) {
    const files = own.map(({ artifact }) => artifact);
    replaceArtifacts(on, unitOf(stepId), stepId, files, at);
  }
  for (const unitOfWork of touched) {
    keepOrder(unitOfWork, at);
    updateState(on, unitOfWork, at);
  }
  identityMap.writeBack();
}

/**
 * Throws an Error for a call that deletes or restores and serves a request that nobody has confirmed
 * within the last days: nothing of that kind leaves without the event. One that is `accepted` as it
 * is recorded was found in the provider's list, and sends nothing.
 */
function requireConfirmation(
  on: Connection,
  { id, operation, state }: Pick<Call, 'id' | 'operation' | 'state'>,
  requestIds: Iterable<string>,
  at: number,
): void {
  if (state === 'accepted' || isExport(operation)) return;
  for (const requestId of requestIds) {
    const last = on.sql(
      `SELECT max(at) AS at FROM events WHERE request_id = ? AND kind = 'confirmed'`,
    );
    const confirmedAt = integerOrNull(last.get(requestId) ?? {}, 'at');
    if (lacksConfirmation({ operation, state: 'planned' }, confirmedAt, at)) {
      throw new Error(`Call ${id} may not leave: request ${requestId} is not confirmed.`);
    }
  }
}

/** Records a call that is intended. `subjectIds[i]` is the subject of `stepIds[i]`. */
function insertCall(on: Connection, call: Call): void {
  const { id: callId, stepIds, subjectIds } = call;
  if (subjectIds.length !== stepIds.length) {
    throw new Error(`Call ${callId} has not one subject for each step.`);
  }
  insert(on, 'calls', CALL, call);
  for (const [index, stepId] of stepIds.entries()) {
    const subjectId = subjectIds[index] ?? '';
    insert(on, 'call_steps', CALL_STEP, { callId, ordinal: index + 1, stepId, subjectId });
  }
}

function replaceArtifacts(
  on: Connection,
  unitOfWork: UnitOfWork,
  stepId: string,
  artifacts: readonly Artifact[],
  at: number,
): void {
  on.sql('DELETE FROM artifacts WHERE step_id = ?').run(stepId);
  for (const [index, artifact] of artifacts.entries()) {
    const { sha256, bytes } = artifact;
    const ordinal = index + 1;
    insert(on, 'artifacts', ARTIFACT, { ...artifact, stepId, ordinal });
    append(unitOfWork, { at, kind: 'artifact', stepId, ordinal, sha256, bytes });
  }
}

/** Those whom the call serves now: who has ended, or has another call, is not concerned. */
function servedNow(on: Connection, callId: string): readonly string[] {
  return on
    .sql('SELECT id FROM steps WHERE call_id = ? AND finished_at IS NULL')
    .all(callId)
    .map((row) => text(row, 'id'));
}

/** Applies a patch to a step, with an event for the state that it sets and for what looking again has shown. */
function changeStep(unitOfWork: UnitOfWork, step: StepInHand, patch: StepPatch, at: number): void {
  const { patches } = unitOfWork;
  const isFinding = patch.after !== undefined && (patch.after !== null || step.after !== null);
  patches.set(step.id, { ...patches.get(step.id), ...patch });
  Object.assign(step, patch);
  const { id: stepId, callId, taskId } = step;
  if (isFinding)
    append(unitOfWork, { at, kind: 'check', stepId, callId, taskId, state: step.after });
  if (patch.state === undefined) return;
  const errorCode = step.error?.code ?? null;
  append(unitOfWork, { at, kind: 'step', stepId, callId, taskId, state: step.state, errorCode });
}

/** Brings a request that changed up to date, with an event when its state is a new one. */
export function updateState(on: Connection, unitOfWork: UnitOfWork, at: number): void {
  const { state: before } = unitOfWork;
  const after = requestAfter(unitOfWork, () => hasFiles(on, unitOfWork.id), at);
  Object.assign(unitOfWork, after);
  if (after.state !== before) append(unitOfWork, { at, kind: 'request', state: after.state });
}

function hasFiles(on: Connection, requestId: string): boolean {
  const files = on.sql(
    `SELECT 1 FROM steps JOIN artifacts ON artifacts.step_id = steps.id
     WHERE steps.request_id = ? LIMIT 1`,
  );
  return files.get(requestId) !== undefined;
}

/** Has the steps of a request wait for one another. */
export function keepOrder(unitOfWork: UnitOfWork, at: number): void {
  for (const { id, patch } of orderFully(unitOfWork, at)) {
    const step = unitOfWork.steps.find((each) => each.id === id);
    if (step !== undefined) changeStep(unitOfWork, step, patch, at);
  }
}
