import {
  ALL_OPERATIONS,
  type Artifact,
  STEP_STATES,
  type Step,
  type StepError,
} from '../../requests/request.ts';
import { DamagedRow } from '../faults.ts';
import type { Connection } from '../file/connection.ts';
import {
  type Row,
  flag,
  integer,
  integerOrNull,
  json,
  text,
  textOrNull,
  word,
  wordOrNull,
} from './columns.ts';
import { FINDINGS, FORMATS, PROVIDERS, SIGHTS } from './words.ts';

/** A row of `steps`, with its artifacts. */
function stepFrom(row: Row, artifacts: readonly Artifact[]): Step {
  return {
    id: text(row, 'id'),
    requestId: text(row, 'request_id'),
    provider: word(row, 'provider', PROVIDERS),
    operation: word(row, 'operation', ALL_OPERATIONS),
    account: text(row, 'account'),
    subjectId: text(row, 'subject_id'),
    options: json(row, 'options'),
    state: word(row, 'state', STEP_STATES),
    note: textOrNull(row, 'note'),
    error: row['error'] === null ? null : errorFrom(text(row, 'id'), text(row, 'error')),
    whole: flag(row, 'whole'),
    callId: textOrNull(row, 'call_id'),
    taskId: textOrNull(row, 'task_id'),
    subjects: integer(row, 'subjects'),
    attempts: integer(row, 'attempts'),
    checks: integer(row, 'checks'),
    repeats: integer(row, 'repeats'),
    tries: integer(row, 'tries'),
    nextAt: integerOrNull(row, 'next_at'),
    blocked: flag(row, 'blocked'),
    batch: textOrNull(row, 'batch'),
    doubts: integer(row, 'doubts'),
    before: wordOrNull(row, 'before', SIGHTS),
    after: wordOrNull(row, 'after', FINDINGS),
    lookedAt: integerOrNull(row, 'looked_at'),
    earlier: textOrNull(row, 'earlier'),
    intendedAt: integerOrNull(row, 'intended_at'),
    acceptedAt: integerOrNull(row, 'accepted_at'),
    finishedAt: integerOrNull(row, 'finished_at'),
    artifacts,
  };
}

/** The error of a step, from its column. */
export function errorFrom(stepId: string, error: string): StepError {
  const { code, message, passing, providerCode, httpStatus } = json({ id: stepId, error }, 'error');
  if (typeof code !== 'string' || typeof message !== 'string' || typeof passing !== 'boolean') {
    throw new DamagedRow(`the error of step ${stepId} holds what no gdpr wrote`);
  }
  return {
    code,
    message,
    passing,
    providerCode: typeof providerCode === 'number' ? providerCode : null,
    httpStatus: typeof httpStatus === 'number' ? httpStatus : null,
  };
}

/** A row of `artifacts`. */
function artifactFrom(row: Row): Artifact {
  return {
    path: text(row, 'path'),
    bytes: integer(row, 'bytes'),
    sha256: text(row, 'sha256'),
    format: word(row, 'format', FORMATS),
    records: integer(row, 'records'),
  };
}

/** Rows of `steps`, in their order, their artifacts and the erases before them looked up. */
export function stepsFrom(on: Connection, rows: readonly Row[]): readonly Step[] {
  const artifacts = artifactsOf(
    on,
    rows.map((row) => text(row, 'id')),
  );
  return rows.map((row) => {
    const step = stepFrom(row, artifacts.get(text(row, 'id')) ?? []);
    const earlier = step.earlier === null ? undefined : earlierRow(on, step);
    return earlier === undefined ? step : { ...step, earlierOptions: json(earlier, 'options') };
  });
}

function artifactsOf(
  on: Connection,
  stepIds: readonly string[],
): ReadonlyMap<string, readonly Artifact[]> {
  const found = new Map<string, Artifact[]>();
  const rows = on
    .sql(
      `SELECT artifacts.* FROM json_each(?) AS picked
       CROSS JOIN artifacts ON artifacts.step_id = picked.value
       ORDER BY picked.key, artifacts.ordinal`,
    )
    .all(JSON.stringify(stepIds));
  for (const row of rows) {
    const stepId = text(row, 'step_id');
    const own = found.get(stepId);
    if (own === undefined) found.set(stepId, [artifactFrom(row)]);
    else own.push(artifactFrom(row));
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
