import type { App } from '../../app.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ExportTarget } from '../../requests/plan/plan.ts';
import type { PlanPage, Sightings } from '../../requests/plan/preview.ts';
import { noteOf, sightingsOf } from '../../requests/plan/sightings.ts';
import type { PlanTotals } from '../../requests/plan/totals.ts';
import type { ProviderName } from '../../requests/request.ts';
import { type Sample, createSample } from '../../requests/sample.ts';
import type { Presence } from '../../requests/transitions/answers.ts';
import type { SubjectRow } from '../../subjects/subjects.ts';
import { type Guard, guard } from '../shared/guards.ts';
import { lookUpAll } from './lookup.ts';
import {
  type Carried,
  type RecordPlan,
  addCarried,
  conflictOf,
  inTheWay,
  judgeOf,
} from './record.ts';
import { toDo } from './subjects.ts';

/** A course that somebody has to agree to: its pages are planned with what was seen of the rows. */
export interface ConfirmPlan extends Omit<RecordPlan, 'plan'> {
  planPage: (rows: readonly SubjectRow[], sightings: Sightings) => Promise<PlanPage>;
  /** Adds the pages up. */
  totals: PlanTotals;
}

/** The same as it is recorded: with what the subjectTable knows by then. */
export function recordPlanOf(confirmPlan: ConfirmPlan): RecordPlan {
  const { action, subjectTable, isNew, planPage } = confirmPlan;
  const plan: RecordPlan['plan'] = async (rows) =>
    (await planPage(rows, sightingsOf(rows))).requests;
  return { action, subjectTable, isNew, plan };
}

/** Whom to look for. */
export interface SubjectSearch {
  targets: readonly ExportTarget[];
  providers: ReadonlyMap<ProviderName, Provider>;
  /** Ids at Stream that are to own what is left. */
  owners: readonly string[];
  /** The options of `delete_feeds`; null: no feed data is deleted. */
  feeds: Readonly<Record<string, unknown>> | null;
}

/** What a survey has shown, besides what stands on the subjectTable and in the digest. */
export interface PreviewResult {
  owners: ReadonlyMap<string, Presence>;
  /** Requests that are open already. */
  carried: Sample<Carried>;
}

/**
 * Looks everybody up, page by page; notes on the subjectTable what was seen, and adds the plan up. Null
 * when a signal came in between. Throws GdprError `guard` for requests that stand in the way, and
 * what the look-ups throw: nothing was sent then.
 */
export async function previewAll(
  confirmPlan: ConfirmPlan,
  search: SubjectSearch,
  app: App,
): Promise<PreviewResult | null> {
  const { subjectTable, totals } = confirmPlan;
  let owners: ReadonlyMap<string, Presence> | null = null;
  const open = createSample<Carried>();
  for await (const rows of toDo(subjectTable, app)) {
    const subjects = rows.map(({ subject }) => subject);
    const asked = { ...search, owners: owners === null ? search.owners : [] };
    const shown = await lookUpAll({ subjects, ...asked }, app);
    if (shown === null) return null;
    owners ??= shown.owners;
    subjectTable.note(
      rows.map((row) => ({ line: row.line, facts: noteOf(row.subject, shown.sightings) })),
    );
    const page = await confirmPlan.planPage(rows, shown.sightings);
    totals.add(page);
    const opened = await (await app.ledger()).weigh(page.requests, judgeOf(confirmPlan));
    const refused = conflictOf(confirmPlan.action, inTheWay(opened), app);
    if (refused !== null) throw refused;
    addCarried(opened, open);
  }
  return { owners: owners ?? new Map(), carried: open.taken() };
}

/** Adds the plan up without asking anybody; answers with what would stand in the way. */
export async function rehearse(confirmPlan: ConfirmPlan, app: App): Promise<readonly Guard[]> {
  const ledger = await app.ledgerIfAny();
  const guards: Guard[] = [];
  for await (const rows of toDo(confirmPlan.subjectTable, app)) {
    if (ledger === null) {
      confirmPlan.totals.addUnseen(rows.map(({ subject }) => subject));
      continue;
    }
    const page = await confirmPlan.planPage(rows, new Map());
    confirmPlan.totals.add(page);
    const opened = await ledger.weigh(page.requests, judgeOf(confirmPlan));
    const refused = conflictOf(confirmPlan.action, inTheWay(opened), app);
    if (refused !== null) guards.push(guard(refused.message, refused.next, refused.requestIds));
  }
  return guards;
}
