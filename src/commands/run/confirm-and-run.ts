import type { App } from '../../app.ts';
import { previewJson } from '../../report/plan/plan-text.ts';
import { previewText } from '../../report/plan/preview-text.ts';
import { calendarDay } from '../../requests/deadline.ts';
import type { Limit } from '../../requests/plan/calls.ts';
import type { Preview, Tempo } from '../../requests/plan/preview.ts';
import { type OperationFacts, operationsOf } from '../../requests/operations.ts';
import type { Operation } from '../../requests/request.ts';
import type { Presence } from '../../requests/transitions/answers.ts';
import { askToConfirm, interrupted } from '../shared/confirm.ts';
import { type Guard, askingGuard, enforce } from '../shared/guards.ts';
import { type RequestFlags, type WaitFlags } from '../shared/flags.ts';
import { carryOut } from './execute.ts';
import type { SubjectSearch } from './lookup.ts';
import { type ConfirmPlan, type PreviewResult, previewAll, rehearse } from './preview.ts';
import { type Workload, NO_WORKLOAD, carriedLines, recordAll } from './record.ts';
import { planned } from './request-plan.ts';
import { runOf } from './run.ts';
import { skipSettled } from './settled-before.ts';
import { throwIfStopped, toDo } from './subjects.ts';
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

type ConfirmFlags = RequestFlags & WaitFlags & { yes: boolean };

const NOTHING = 'Nothing was sent or recorded.';

/**
 * Looks everybody up, shows what would be done and asks, then records and carries it out; resolves
 * to the exit code. Nothing is recorded before the yes. A dry run prints the plan. Throws GdprError
 * `guard` for what the task's guards refuse, for another request in the way, and for a no.
 */
export async function confirmAndRun(
  task: ConfirmTask,
  flags: ConfirmFlags,
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
  { yes }: ConfirmFlags,
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
  flags: ConfirmFlags,
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
  { rateShare, dryRun }: ConfirmFlags,
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
