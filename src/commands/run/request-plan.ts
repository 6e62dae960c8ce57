import { rowIdentity } from '../../requests/identity.ts';
import { modeOfSteps } from '../../requests/plan/erase.ts';
import { type Plan, type ProviderPlan, wantedSteps } from '../../requests/plan/plan.ts';
import type { Page, Sightings } from '../../requests/plan/preview.ts';
import type { PlannedRequest } from '../../requests/request.ts';
import type { SubjectTable, SubjectRow } from '../../subjects/subjects.ts';
import type { DetailsSource } from './details.ts';

/** What a run would record: everybody in a subject table for whom there is something to do. */
export interface RequestPlan {
  action: PlannedRequest['action'];
  subjectTable: SubjectTable;
  /** `--new`. */
  isNew: boolean;
  /** Who and what a row of a CSV is about, from the row and the options alone; null: named users. */
  identityOf: ((row: SubjectRow) => string) | null;
  /** The planner: the requests of these rows, one each and in their order. */
  plan: (rows: readonly SubjectRow[], sightings: Sightings) => Promise<Plan | Page>;
}

/**
 * The plan of these rows: made when it is first asked for, with what was seen of their subjects by
 * then, and kept in the subject table.
 */
export async function planned(
  { action, subjectTable, identityOf, plan }: RequestPlan,
  rows: readonly SubjectRow[],
  sightings: Sightings = new Map(),
): Promise<Page> {
  let kept = subjectTable.planned(rows);
  if (kept === null) {
    const page = await plan(rows, sightings);
    const found = 'found' in page ? page.found : [];
    kept = rows.flatMap((row, at) => {
      const request = page.requests[at];
      if (request === undefined) return [];
      const identity = identityOf === null ? {} : { identity: identityOf(row) };
      return [{ request: { ...request, ...identity }, found: found[at] ?? [] }];
    });
    const notes = kept.map((each, at) => ({ line: rows[at]?.line ?? 0, planned: each }));
    subjectTable.note(notes);
  }
  return {
    action,
    looked: sightings.size > 0,
    requests: kept.map(({ request }) => request),
    found: kept.map(({ found }) => found),
  };
}

/** Identifies rows of a CSV by what is planned for everybody (docs/spec.md 6). */
export function identities(
  {
    action,
    mode,
    acceptPartial = false,
  }: Pick<PlannedRequest, 'action' | 'mode' | 'acceptPartial'>,
  providerPlans: readonly ProviderPlan[],
  { written }: DetailsSource,
): (row: SubjectRow) => string {
  return (row) => {
    const { subject } = row;
    const steps = wantedSteps(subject, providerPlans);
    const own = { action, mode: modeOfSteps(mode, steps), acceptPartial, subject, steps };
    return rowIdentity(own, written(row));
  };
}
