import { rowIdentity } from '../../requests/identity.ts';
import { modeOfSteps } from '../../requests/plan/erase.ts';
import {
  type OwnDetails,
  type Plan,
  type ProviderPlan,
  wantedSteps,
} from '../../requests/plan/plan.ts';
import type { PlanPage, Sightings } from '../../requests/plan/preview.ts';
import type { PlannedRequest, Subject } from '../../requests/request.ts';
import type { SubjectTable, SubjectRow } from '../../subjects/subjects.ts';
import type { DetailsSource } from './details.ts';

/** What a run would record: everybody in a subject table for whom there is something to do. */
export interface RequestPlan extends Pick<PlannedRequest, 'action' | 'mode' | 'acceptPartial'> {
  subjectTable: SubjectTable;
  /** `--new`. */
  isNew: boolean;
  /** Rows of a CSV have an identity, named users have none. */
  isCsv: boolean;
  /** What is planned for everybody. */
  providerPlans: readonly ProviderPlan[];
  details: DetailsSource;
  /** The planner: one request for each of the subjects, in their order. */
  plan(page: SubjectPage): Promise<Plan | PlanPage>;
}

interface SubjectPage {
  subjects: readonly Subject[];
  /** What rows say for themselves, in the order of the subjects. */
  own: readonly OwnDetails[];
  sightings: Sightings;
}

/**
 * The plan of these rows: made when it is first asked for, with what was seen of their subjects by
 * then, and kept in the subject table.
 */
export async function planned(
  requestPlan: RequestPlan,
  rows: readonly SubjectRow[],
  sightings: Sightings = new Map(),
): Promise<PlanPage> {
  const { action, subjectTable, details } = requestPlan;
  let kept = subjectTable.planned(rows);
  if (kept === null) {
    const subjects = rows.map(({ subject }) => subject);
    const page = await requestPlan.plan({ subjects, own: details.own(rows), sightings });
    const found = 'found' in page ? page.found : [];
    kept = rows.flatMap((row, at) => {
      const request = page.requests[at];
      if (request === undefined) return [];
      const identity = requestPlan.isCsv ? { identity: identityOf(requestPlan, row) } : {};
      return [{ request: { ...request, ...identity }, found: found[at] ?? [] }];
    });
    subjectTable.note(kept.map((each, at) => ({ line: rows[at]?.line ?? 0, planned: each })));
  }
  return {
    action,
    looked: sightings.size > 0,
    requests: kept.map(({ request }) => request),
    found: kept.map(({ found }) => found),
  };
}

/** Who and what a row of a CSV is about (docs/spec.md 6), from the row and the options alone. */
export function identityOf(
  { action, mode, acceptPartial = false, providerPlans, details }: RequestPlan,
  row: SubjectRow,
): string {
  const { subject } = row;
  const steps = wantedSteps(subject, providerPlans);
  const own = { action, mode: modeOfSteps(mode, steps), acceptPartial, subject, steps };
  return rowIdentity(own, details.written(row));
}
