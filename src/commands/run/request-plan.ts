import type { App } from '../../app.ts';
import { count } from '../../report/words.ts';
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
import { isSettled } from '../../requests/state.ts';
import type { SubjectRow, SubjectTable } from '../../subjects/subjects.ts';
import { PAGE, throwIfStopped } from './subjects.ts';
import type { DetailsSource } from './task.ts';

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
function identityOf(
  { action, mode, acceptPartial = false, providerPlans, details }: RequestPlan,
  row: SubjectRow,
): string {
  const { subject } = row;
  const steps = wantedSteps(subject, providerPlans);
  const own = { action, mode: modeOfSteps(mode, steps), acceptPartial, subject, steps };
  return rowIdentity(own, details.written(row));
}

/** A row that was settled longer ago is asked for again, ms. */
const RECENT = 30 * 86_400_000;

/**
 * Notes which rows of a CSV were settled lately (docs/spec.md 6), so that nothing is done for them.
 * Answers with how many they are, which is said; none with `--new`.
 */
export async function skipSettled(plan: RequestPlan, app: App): Promise<number> {
  const { subjectTable, isCsv, isNew } = plan;
  if (!isCsv || isNew) return 0;
  const ledger = await app.ledgerIfAny();
  if (ledger === null) return 0;
  const since = app.host.clock.now() - RECENT;
  let skipped = 0;
  for (const rows of subjectTable.pages(PAGE)) {
    await throwIfStopped(app.host);
    const identities = rows.map((row) => identityOf(plan, row));
    const known = await ledger.identified(identities);
    const notes = rows.flatMap(({ line }, index) => {
      const last = known.get(identities[index] ?? '');
      if (last === undefined || last.isUndone || !isSettled(last.state)) return [];
      if ((last.finishedAt ?? 0) <= since) return [];
      return [{ line, requestId: last.requestId, disposition: 'skipped' as const }];
    });
    subjectTable.note(notes);
    skipped += notes.length;
  }
  if (skipped > 0 && !app.flags.quiet) {
    app.host.stderr.write(
      `Note: ${count(skipped, 'row')} skipped: settled within 30 days (--new asks again).\n`,
    );
  }
  return skipped;
}
