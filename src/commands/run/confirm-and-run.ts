import type { App } from '../../app.ts';
import { previewJson } from '../../report/plan/plan-text.ts';
import { previewText } from '../../report/plan/preview-text.ts';
import { calendarDay } from '../../requests/deadline.ts';
import { type OperationFacts, operationsOf } from '../../requests/operations.ts';
import type { Limit } from '../../requests/plan/calls.ts';
import type { Preview, Tempo } from '../../requests/plan/preview.ts';
import type { PlanTotals } from '../../requests/plan/totals.ts';
import type { Operation } from '../../requests/request.ts';
import { type Sample, createSample } from '../../requests/sample.ts';
import type { Presence } from '../../requests/transitions/answers.ts';
import { askToConfirm, interrupted } from '../shared/confirm.ts';
import type { RequestFlags } from '../shared/flags.ts';
import { type Guard, askingGuard, enforce } from '../shared/guards.ts';
import { carryOut } from './execute.ts';
import { type SubjectSearch, lookUpAll } from './lookup.ts';
import {
  type Carried,
  NO_WORKLOAD,
  type RequestPlan,
  type Workload,
  carriedLines,
  conflictOf,
  judgeOf,
  planned,
  recordAll,
  sampled,
  skipSettled,
} from './record.ts';
import { runOf, throwIfStopped, toDo } from './run.ts';
import type { Task } from './task.ts';

/** An erase or a restore: what it is, and what it has of its own. */
export interface ConfirmTask extends Pick<Task, 'results' | 'outDir'> {
  plan: ConfirmPlan;
  search: SubjectSearch;
  /** Whose limits say how long it takes. */
  does: OperationFacts['does'];
  /** Why nothing may be sent; `skipped` rows were settled lately, `asking` says that nobody can be asked. */
  guards(skipped: number, asking: readonly Guard[]): Promise<readonly Guard[]>;
  /** Throws for what the look-up has shown. */
  check?(owners: ReadonlyMap<string, Presence>): void;
  /** Makes ready what must be there before anything is recorded. */
  prepare?(): Promise<void>;
}

const NOTHING = 'Nothing was sent or recorded.';

/**
 * Looks everybody up, shows what would be done and asks, then records and carries it out; resolves
 * to the exit code. Nothing is recorded before the yes. A dry run prints the plan. Throws GdprError
 * `guard` for what the task's guards refuse, for another request in the way, and for a no.
 */
export async function confirmAndRun(
  task: ConfirmTask,
  flags: RequestFlags,
  app: App,
): Promise<number> {
  const { plan, search, results, outDir } = task;
  const { subjectTable } = plan;
  const skipped = await skipSettled(plan, app);
  const isIdle = skipped === subjectTable.size;
  const asking = isIdle ? [] : askingGuard(flags.yes, app, flags.csv);
  const guards = await task.guards(skipped, asking);
  if (flags.dryRun) return rehearseAndPrint(task, guards, flags, app);
  enforce(guards);
  const run = (workload: Workload): Promise<number> => {
    const whole = runOf({ subjectTable, results, outDir, workload }, flags, app);
    return carryOut(whole, flags, flags.wait ? 'ended' : 'sent', app);
  };
  if (isIdle) return run(NO_WORKLOAD);
  const previewed = await previewAll(plan, search, app);
  if (previewed === null) return interrupted(NOTHING, app);
  task.check?.(previewed.owners);
  const tempo = await tempoOf(task, flags, app);
  await throwIfStopped(app.host);
  const preview = plan.totals.preview({ owners: previewed.owners, tempo });
  await show(preview, previewed, flags, app);
  const { only, subjects: number, needs } = preview;
  const question = { needs, userId: only?.userId ?? null, number, safe: NOTHING };
  const answer = await askToConfirm(question, flags.yes, app);
  if (answer.kind === 'stopped') return answer.exit;
  await task.prepare?.();
  return run(await recordAll(plan, app, answer.confirmation));
}

async function show(
  preview: Preview,
  { carried }: PreviewResult,
  { yes }: RequestFlags,
  app: App,
): Promise<void> {
  const { host, flags } = app;
  const isAsked = !yes && preview.needs !== 'nothing_to_send';
  if (!isAsked && (flags.quiet || flags.json)) return;
  const lines = [await textOf(preview, app), ...carriedLines(carried)];
  host.stderr.write(`${lines.join('\n')}\n`);
}

/** Prints the plan of a dry run on stdout, as text or as `gdpr-plan/1`, one a request; resolves to 0. */
async function rehearseAndPrint(
  task: ConfirmTask,
  guards: readonly Guard[],
  flags: RequestFlags,
  app: App,
): Promise<number> {
  const { host } = app;
  const { plan } = task;
  const { totals, subjectTable } = plan;
  totals.refuse([...guards, ...(await rehearse(plan, app))]);
  const tempo = await tempoOf(task, flags, app);
  const preview = totals.preview({ owners: new Map(), tempo });
  if (!app.flags.json) {
    host.stdout.write(`${await textOf(preview, app, true)}\n`);
    return 0;
  }
  for await (const rows of toDo(subjectTable, app)) {
    const { requests, found } = await planned(plan, rows);
    for (const [index, request] of requests.entries()) {
      host.stdout.write(`${previewJson(request, found[index] ?? [], preview)}\n`);
    }
  }
  return 0;
}

async function textOf(preview: Preview, app: App, isDry = false): Promise<string> {
  const { timeZone } = (await app.settings()).deadline;
  const dayOf = (at: number): string => calendarDay(at, timeZone);
  return previewText(preview, { dayOf, today: dayOf(app.host.clock.now()) }, isDry);
}

/** What is known of how long calls take: the limits in force at the providers that are asked. */
async function tempoOf(
  { search, does }: ConfirmTask,
  { rateShare, dryRun }: RequestFlags,
  app: App,
): Promise<Tempo> {
  const limits = new Map<Operation, Limit>();
  for (const { provider: name } of dryRun ? [] : search.targets) {
    const found = await search.providers
      .get(name)
      ?.limits(operationsOf({ provider: name, does }), app.host.stop);
    for (const [operation, limit] of found ?? []) limits.set(operation, limit);
  }
  const { share } = (await app.settings()).rate;
  return { limits, share: rateShare ?? share, at: app.host.clock.now() };
}

/** A plan that somebody has to agree to; `totals` adds its pages up. */
export interface ConfirmPlan extends RequestPlan {
  totals: PlanTotals;
}

/** What the look-ups have shown, besides what stands in the subject table and in the totals. */
interface PreviewResult {
  owners: ReadonlyMap<string, Presence>;
  /** Requests that are open already. */
  carried: Sample<Carried>;
}

/**
 * Looks everybody up and plans, page by page, and adds the plan up. Null
 * when a signal came in between. Throws GdprError `guard` for requests that stand in the way, and
 * what the look-ups throw: nothing was sent then.
 */
async function previewAll(
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
    const shown = await lookUpAll(asked, subjects, app);
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
async function rehearse(confirmPlan: ConfirmPlan, app: App): Promise<readonly Guard[]> {
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
