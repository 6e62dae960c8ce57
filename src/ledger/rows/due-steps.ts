import { DamagedRow } from '../faults.ts';
import type { Connection } from '../file/connection.ts';
import type { DueStep } from '../ledger.ts';
import { callsFrom } from './calls.ts';
import { flag, integer, textOrNull } from './columns.ts';
import { subjectFrom } from './requests.ts';
import { stepsFrom } from './steps.ts';

/** The steps of these rows, in this order; those of one call share it. */
export function dueSteps(on: Connection, ordinals: readonly number[]): readonly DueStep[] {
  if (ordinals.length === 0) return [];
  const rows = on
    .sql(
      `SELECT steps.*, requests.out_dir AS out_dir, requests.user_id, requests.stream_id,
         requests.sendbird_id, EXISTS (
         SELECT 1 FROM steps AS each WHERE each.request_id = steps.request_id
           AND (each.before = 'visible' OR each.earlier IS NOT NULL)) OR EXISTS (
         SELECT 1 FROM steps AS other WHERE other.account = steps.account
           AND other.subject_id = steps.subject_id AND other.before = 'visible') AS known
       FROM json_each(?) AS picked
       CROSS JOIN steps ON steps.ordinal = picked.value
       JOIN requests ON requests.id = steps.request_id
       ORDER BY picked.key`,
    )
    .all(JSON.stringify(ordinals));
  if (rows.length !== ordinals.length) {
    throw new DamagedRow('an index names a step that is not there');
  }
  const steps = stepsFrom(on, rows);
  const callIds = new Set(steps.flatMap(({ callId }) => (callId === null ? [] : [callId])));
  const calls = callIds.size === 0 ? new Map<string, never>() : callsById(on, [...callIds]);
  return rows.flatMap((row, index): DueStep[] => {
    const step = steps[index];
    if (step === undefined) return [];
    return [
      {
        step,
        subject: subjectFrom(row),
        call: step.callId === null ? null : (calls.get(step.callId) ?? null),
        outDir: textOrNull(row, 'out_dir'),
        known: flag(row, 'known'),
      },
    ];
  });
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

function callsById(
  on: Connection,
  ids: readonly string[],
): Map<string, ReturnType<typeof callsFrom>[number]> {
  const rows = on
    .sql('SELECT calls.* FROM json_each(?) AS picked CROSS JOIN calls ON calls.id = picked.value')
    .all(JSON.stringify(ids));
  return new Map(callsFrom(on, rows).map((call) => [call.id, call]));
}
