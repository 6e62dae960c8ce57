import type { App } from '../../app.ts';
import type { PlanTotals } from '../../requests/plan/totals.ts';
import { type Sample, createSample } from '../../requests/sample.ts';
import type { Presence } from '../../requests/transitions/answers.ts';
import { type Guard, enforce } from '../shared/guards.ts';
import { type SubjectSearch, lookUpAll } from './lookup.ts';
import { type Carried, conflictOf, judgeOf, sampled } from './record.ts';
import { type RequestPlan, planned } from './request-plan.ts';
import { toDo } from './subjects.ts';

/** A plan that somebody has to agree to; `totals` adds its pages up. */
export interface ConfirmPlan extends RequestPlan {
  totals: PlanTotals;
}

/** What the look-ups have shown, besides what stands in the subject table and in the totals. */
export interface PreviewResult {
  owners: ReadonlyMap<string, Presence>;
  /** Requests that are open already. */
  carried: Sample<Carried>;
}

/**
 * Looks everybody up and plans, page by page, and adds the plan up. Null
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
    const page = await planned(confirmPlan, rows, shown.sightings);
    totals.add(page);
    const opened = await (await app.ledger()).weigh(page.requests, judgeOf(confirmPlan));
    enforce(conflictOf(confirmPlan.action, sampled(opened, 'conflict'), app));
    sampled(opened, 'carry', open);
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
    const page = await planned(confirmPlan, rows);
    confirmPlan.totals.add(page);
    const opened = await ledger.weigh(page.requests, judgeOf(confirmPlan));
    guards.push(...conflictOf(confirmPlan.action, sampled(opened, 'conflict'), app));
  }
  return guards;
}
