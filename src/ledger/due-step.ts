import type { Call, Step } from '../requests/request.ts';
import { callFrom } from './call-row.ts';
import { flag, integer, textOrNull } from './columns.ts';
import type { Connection } from './connection.ts';
import { DamagedRow } from './faults.ts';
import type { DueStep } from './ledger.ts';
import { stepWithArtifacts } from './request-row.ts';

/** The steps of these rows, in this order; those of one call share it. */
export function dueSteps(on: Connection, ordinals: readonly number[]): readonly DueStep[] {
  const calls = new Map<string, Call | null>();
  return ordinals.map((ordinal) => dueStep(on, ordinal, calls));
}

/** All steps that have not ended and that the call serves now, in the order in which they were sent. */
export function stepsOf(on: Connection, callId: string): readonly DueStep[] {
  const rows = on
    .sql(
      `SELECT steps.ordinal FROM call_steps JOIN steps ON steps.id = call_steps.step_id
       WHERE call_steps.call_id = ?1 AND steps.call_id = ?1 AND steps.finished_at IS NULL
       ORDER BY call_steps.ordinal`,
    )
    .all(callId);
  return dueSteps(
    on,
    rows.map((row) => integer(row, 'ordinal')),
  );
}

function dueStep(on: Connection, ordinal: number, calls: Map<string, Call | null>): DueStep {
  const row = on
    .sql(
      `SELECT steps.*, requests.out_dir AS out_dir, EXISTS (
         SELECT 1 FROM steps AS each WHERE each.request_id = steps.request_id
           AND (each.before = 'visible' OR each.earlier IS NOT NULL)) OR EXISTS (
         SELECT 1 FROM steps AS other WHERE other.account = steps.account
           AND other.subject_id = steps.subject_id AND other.before = 'visible') AS known
       FROM steps JOIN requests ON requests.id = steps.request_id WHERE steps.ordinal = ?`,
    )
    .get(ordinal);
  if (row === undefined) throw new DamagedRow('an index names a step that is not there');
  const step = stepWithArtifacts(on, row);
  return {
    step,
    call: callOf(on, step, calls),
    outDir: textOrNull(row, 'out_dir'),
    known: flag(row, 'known'),
  };
}

function callOf(on: Connection, step: Step, known: Map<string, Call | null>): Call | null {
  if (step.callId === null) return null;
  const seen = known.get(step.callId);
  if (seen !== undefined) return seen;
  const row = on.sql('SELECT * FROM calls WHERE id = ?').get(step.callId);
  const call = row === undefined ? null : callFrom(on, row);
  known.set(step.callId, call);
  return call;
}
