import type { StepPatch } from '../requests/change.ts';
import { append } from './append.ts';
import { textOrNull } from './columns.ts';
import type { Connection } from './connection.ts';
import { patchStep } from './patch.ts';
import { stepFrom } from './step-row.ts';

/**
 * Applies a patch to a step, with an event for the state that it sets and for what looking again has
 * shown. Throws an Error for a step that the ledger does not have.
 */
export function changeStep(on: Connection, id: string, patch: StepPatch, at: number): void {
  const isFinding = patch.after !== undefined && (patch.after !== null || hasFinding(on, id));
  patchStep(on, id, patch);
  if (patch.state === undefined && !isFinding) return;
  const row = on.sql('SELECT * FROM steps WHERE id = ?').get(id);
  if (row === undefined) throw new Error(`There is no step ${id}.`);
  const { requestId, state, after, callId, taskId, error } = stepFrom(row, []);
  const about = { requestId, at, stepId: id, callId, taskId };
  if (isFinding) append(on, { ...about, kind: 'check', state: after });
  if (patch.state === undefined) return;
  append(on, { ...about, kind: 'step', state, errorCode: error?.code ?? null });
}

function hasFinding(on: Connection, id: string): boolean {
  const row = on.sql('SELECT after FROM steps WHERE id = ?').get(id);
  return row !== undefined && textOrNull(row, 'after') !== null;
}
