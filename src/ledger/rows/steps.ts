import type { Artifact, Call, Request, Step } from '../../requests/request.ts';
import { DamagedRow } from '../faults.ts';
import type { Connection } from '../file/connection.ts';
import type { DueStep } from '../ledger.ts';
import {
  type Row,
  columnList,
  flag,
  integer,
  json,
  pickColumns,
  read,
  text,
  textOrNull,
} from './columns.ts';
import {
  ARTIFACT,
  CALL,
  CALL_STEP,
  CHAIN,
  CLOSING,
  EXTENSION,
  OWN_OF_REQUEST,
  STEP,
  SUBJECT,
} from './tables.ts';

/** A row of `requests`, with its steps in the order of the plan. */
export function requestFrom(on: Connection, row: Row): Request {
  const own = read(row, OWN_OF_REQUEST);
  const rows = on
    .sql(`SELECT ${columnList(STEP)} FROM steps WHERE request_id = ? ORDER BY ordinal`)
    .all(own.id);
  return {
    ...own,
    subject: read(row, SUBJECT),
    extension: row['extended_until'] === null ? null : read(row, EXTENSION),
    closing: row['closed_at'] === null ? null : read(row, CLOSING),
    steps: stepsFrom(on, rows),
    ledger: read(row, CHAIN),
  };
}

/** Rows of `steps`, in their order, their artifacts and the erases before them looked up. */
function stepsFrom(on: Connection, rows: readonly Row[]): readonly Step[] {
  const artifacts = artifactsOf(
    on,
    rows.map((row) => text(row, 'id')),
  );
  return rows.map((row) => {
    const own = read(row, STEP);
    const step = Object.assign(own, { artifacts: artifacts.get(own.id) ?? [] });
    const earlier = step.earlier === null ? undefined : earlierRow(on, step);
    return earlier === undefined
      ? step
      : Object.assign(step, { earlierOptions: json(earlier, 'options') });
  });
}

const FILE = pickColumns(ARTIFACT, 'path', 'bytes', 'sha256', 'format', 'records');

function artifactsOf(
  on: Connection,
  stepIds: readonly string[],
): ReadonlyMap<string, readonly Artifact[]> {
  const rows = on
    .sql(
      `SELECT ${columnList(ARTIFACT, 'artifacts')} FROM json_each(?) AS picked
       CROSS JOIN artifacts ON artifacts.step_id = picked.value
       ORDER BY picked.key, artifacts.ordinal`,
    )
    .all(JSON.stringify(stepIds));
  const found = new Map<string, Artifact[]>();
  for (const row of rows) {
    const stepId = text(row, 'step_id');
    const own = found.get(stepId) ?? [];
    own.push(read(row, FILE));
    found.set(stepId, own);
  }
  return found;
}

function earlierRow(on: Connection, step: Step): Row | undefined {
  const { earlier, operation, account, subjectId } = step;
  return on
    .sql(
      `SELECT options FROM steps
       WHERE request_id = ? AND operation = ? AND account = ? AND subject_id = ?`,
    )
    .get(earlier, operation, account, subjectId);
}

/** Rows of `calls`, in their order, each with the steps that it served in the order in which they were sent. */
export function callsFrom(on: Connection, rows: readonly Row[]): readonly Call[] {
  if (rows.length === 0) return [];
  const served = on
    .sql(
      `SELECT ${columnList(CALL_STEP, 'call_steps')} FROM json_each(?) AS picked
       CROSS JOIN call_steps ON call_steps.call_id = picked.value
       ORDER BY picked.key, call_steps.ordinal`,
    )
    .all(JSON.stringify(rows.map((row) => text(row, 'id'))))
    .map((row) => read(row, CALL_STEP));
  const byCall = Map.groupBy(served, ({ callId }) => callId);
  return rows.map((row) => {
    const own = read(row, CALL);
    const steps = byCall.get(own.id) ?? [];
    return {
      ...own,
      stepIds: steps.map(({ stepId }) => stepId),
      subjectIds: steps.map(({ subjectId }) => subjectId),
    };
  });
}

/** The steps of these rows, in this order; those of one call share it. */
export function dueSteps(on: Connection, ordinals: readonly number[]): readonly DueStep[] {
  if (ordinals.length === 0) return [];
  const rows = on
    .sql(
      `SELECT ${columnList(STEP, 'steps')}, requests.out_dir, ${columnList(SUBJECT, 'requests')}, EXISTS (
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
  const calls = callsById(
    on,
    steps.flatMap(({ callId }) => callId ?? []),
  );
  return rows.flatMap((row, index): DueStep[] => {
    const step = steps[index];
    if (step === undefined) return [];
    const call = step.callId === null ? null : (calls.get(step.callId) ?? null);
    const outDir = textOrNull(row, 'out_dir');
    return [{ step, subject: read(row, SUBJECT), call, outDir, known: flag(row, 'known') }];
  });
}

function callsById(on: Connection, ids: readonly string[]): ReadonlyMap<string, Call> {
  if (ids.length === 0) return new Map();
  const rows = on
    .sql(
      `SELECT ${columnList(CALL, 'calls')} FROM json_each(?) AS picked
       CROSS JOIN calls ON calls.id = picked.value`,
    )
    .all(JSON.stringify([...new Set(ids)]));
  return new Map(callsFrom(on, rows).map((call) => [call.id, call]));
}

/** All steps that have not ended and that the call serves now, in the order in which they were sent. */
export function stepsServed(on: Connection, callId: string): readonly DueStep[] {
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
