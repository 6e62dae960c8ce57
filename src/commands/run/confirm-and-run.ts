import type { App } from '../../app.ts';
import type { ResultsPlace } from '../../files/csv/results-place.ts';
import { previewJson } from '../../report/plan/plan-text.ts';
import { previewText } from '../../report/plan/preview-text.ts';
import { calendarDay } from '../../requests/deadline.ts';
import type { Limit } from '../../requests/plan/calls.ts';
import type { Preview, Tempo } from '../../requests/plan/preview.ts';
import { type OperationFacts, operationsOf } from '../../requests/operations.ts';
import type { Operation } from '../../requests/request.ts';
import type { Presence } from '../../requests/transitions/answers.ts';
import { confirm, interrupted } from '../shared/confirm.ts';
import type { Guard } from '../shared/guards.ts';
import type { WaitFlags } from '../shared/wait-flags.ts';
import { carryOut } from './execute.ts';
import {
  type SubjectSearch,
  type PreviewResult,
  type ConfirmPlan,
  recordPlanOf,
  rehearse,
  previewAll,
} from './preview.ts';
import { type Workload, NO_WORKLOAD, carriedLines, recordAll } from './record.ts';
import { type Run, runOf } from './run.ts';
import { throwIfStopped, toDo } from './subjects.ts';

/** How a venture is agreed to and carried out. */
export interface ConfirmOptions extends WaitFlags {
  yes: boolean;
  csv: string | null;
  /** The folder of the bundles; null: there are none. */
  outDir: string | null;
  /** Whose limits say how long it takes. */
  does: OperationFacts['does'];
  /** How many rows were settled lately. */
  skipped: number;
  /** Where the results go; null: nowhere. */
  results: ResultsPlace | null;
  /** Throws for what the look-up has shown. */
  check(owners: ReadonlyMap<string, Presence>): void;
  /** Makes ready what must be there before anything is recorded. */
  prepare(): Promise<void>;
}

const NOTHING = 'Nothing was sent or recorded.';

/**
 * Looks everybody up, shows what would be done and asks, then records and carries it out; resolves
 * to the exit code. Nothing is recorded before the yes. Throws GdprError `guard` for another request
 * in the way, and for a no.
 */
export async function agreeAndCarryOut(
  confirmPlan: ConfirmPlan,
  search: SubjectSearch,
  options: ConfirmOptions,
  app: App,
): Promise<number> {
  const { subjectTable } = confirmPlan;
  const until = options.wait ? 'ended' : 'sent';
  const { skipped, results, outDir } = options;
  const run = (workload: Workload): Run =>
    runOf({ subjectTable, results, outDir, workload }, options, app);
  if (skipped === subjectTable.size) return carryOut(run(NO_WORKLOAD), options, until, app);
  const previewed = await previewAll(confirmPlan, search, app);
  if (previewed === null) return interrupted(NOTHING, app);
  options.check(previewed.owners);
  const tempo = await tempoOf(search, options, app);
  await throwIfStopped(app.host);
  const preview = confirmPlan.totals.preview({ owners: previewed.owners, tempo });
  await show(preview, previewed, options, app);
  const { only, subjects: number, needs } = preview;
  const question = { needs, userId: only?.userId ?? null, number, safe: NOTHING };
  const answer = await confirm(question, options.yes, app);
  if (answer.kind === 'stopped') return answer.exit;
  await options.prepare();
  const workload = await recordAll(recordPlanOf(confirmPlan), app, answer.confirmation);
  return carryOut(run(workload), options, until, app);
}

async function show(
  preview: Preview,
  { carried }: PreviewResult,
  { yes }: ConfirmOptions,
  app: App,
): Promise<void> {
  const { host, flags } = app;
  const isAsked = !yes && preview.needs !== 'nothing_to_send';
  if (!isAsked && (flags.quiet || flags.json)) return;
  const lines = [await textOf(preview, app), ...carriedLines(carried)];
  host.stderr.write(`${lines.join('\n')}\n`);
}

/** Prints the plan of a dry run on stdout, as text or as `gdpr-plan/1`, one a request; resolves to 0. */
export async function rehearseAndPrint(
  confirmPlan: ConfirmPlan,
  guards: readonly Guard[],
  { rateShare }: WaitFlags,
  app: App,
): Promise<number> {
  const { host, flags } = app;
  const { totals, subjectTable, planPage } = confirmPlan;
  totals.refuse([...guards, ...(await rehearse(confirmPlan, app))]);
  const tempo = await tempoWith(new Map(), rateShare, app);
  const preview = totals.preview({ owners: new Map(), tempo });
  if (!flags.json) {
    host.stdout.write(`${await textOf(preview, app, true)}\n`);
    return 0;
  }
  for await (const rows of toDo(subjectTable, app)) {
    const { requests, found } = await planPage(rows, new Map());
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

/** What is known of how long calls take: the limits in force. */
async function tempoOf(
  { targets, providers }: SubjectSearch,
  { does, rateShare }: ConfirmOptions,
  app: App,
): Promise<Tempo> {
  const limits = new Map<Operation, Limit>();
  for (const { provider: name } of targets) {
    const found = await providers
      .get(name)
      ?.limits(operationsOf({ provider: name, does }), app.host.stop);
    for (const [operation, limit] of found ?? []) limits.set(operation, limit);
  }
  return tempoWith(limits, rateShare, app);
}

async function tempoWith(
  limits: Tempo['limits'],
  rateShare: number | null,
  app: App,
): Promise<Tempo> {
  const { share } = (await app.settings()).rate;
  return { limits, share: rateShare ?? share, at: app.host.clock.now() };
}
