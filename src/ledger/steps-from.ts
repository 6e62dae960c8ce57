import type { Artifact, Step } from '../requests/request.ts';
import { json, text, type Row } from './columns.ts';
import type { Connection } from './connection.ts';
import { artifactFrom, stepFrom } from './step-row.ts';

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
