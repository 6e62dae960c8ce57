import type { StepPatch } from '../requests/change.ts';
import { append } from './append.ts';
import { canonicalJson } from './canonical.ts';
import type { Dossier, StepInHand } from './dossier.ts';
import { errorFrom } from './step-row.ts';

/** Applies a patch to a step, with an event for the state that it sets and for what looking again has shown. */
export function changeStep(dossier: Dossier, step: StepInHand, patch: StepPatch, at: number): void {
  const { patches } = dossier;
  const isFinding = patch.after !== undefined && (patch.after !== null || step.after !== null);
  const known = patches.get(step.id);
  patches.set(step.id, known === undefined ? patch : { ...known, ...patch });
  take(step, patch);
  const { id: stepId, callId, taskId } = step;
  if (isFinding) append(dossier, { at, kind: 'check', stepId, callId, taskId, state: step.after });
  if (patch.state === undefined) return;
  const errorCode = step.error === null ? null : errorFrom(stepId, step.error).code;
  append(dossier, { at, kind: 'step', stepId, callId, taskId, state: step.state, errorCode });
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
