import type { Command } from 'commander';
import type { App } from '../app.ts';
import { prepareOutDir } from '../files/bundle.ts';
import type { Provider } from '../providers/provider.ts';
import { planEnd, planJson, planText } from '../report/plan/plan-text.ts';
import { count } from '../report/words.ts';
import { OPERATIONS } from '../requests/operations.ts';
import { type ExportTarget, exportPlans, planExport } from '../requests/plan/plan.ts';
import { exportTotals } from '../requests/plan/totals.ts';
import type { ProviderName } from '../requests/request.ts';
import { SHOWN } from '../requests/sample.ts';
import type { Refusal } from '../requests/stream-options.ts';
import { carryOut } from './run/execute.ts';
import {
  type RequestPlan,
  type Workload,
  conflictsOf,
  planned,
  recordAll,
  skipSettled,
} from './run/record.ts';
import { runOf, toDo } from './run/run.ts';
import { detailsOf, withSubjects } from './run/task.ts';
import {
  DEFAULT_OUT,
  RECEIVED,
  type RequestFlags,
  declareRequestFlags,
  declareWaitFlags,
  outDirOf,
  requestFlags,
} from './shared/flags.ts';
import { enforce } from './shared/guards.ts';

/** Declares `gdpr export` and runs it; `done` gets the exit code. */
export function declareExport(command: Command, app: App, done: (code: number) => void): void {
  declareRequestFlags(command)
    .option(...RECEIVED)
    .option('--out <dir>', `where bundles go (default ./${DEFAULT_OUT})`);
  declareWaitFlags(command).action(async (users: string[], options) =>
    done(await runExport(requestFlags(users, options), app)),
  );
}

/** Plans, records, submits, checks, collects and prints receipts; resolves to the exit code. */
async function runExport(options: RequestFlags, app: App): Promise<number> {
  const outDir = (): string => outDirOf(options.out, app.host.cwd);
  return withSubjects('export', options, outDir, app, async (task) => {
    const { targets, providers, subjectTable, results, doubts } = task;
    const details = await detailsOf(options, outDir(), app);
    const newId = (): string => app.host.newId();
    const plan: RequestPlan = {
      action: 'export',
      mode: null,
      subjectTable,
      isNew: options.new,
      isCsv: options.csv !== null,
      providerPlans: exportPlans(targets),
      details,
      plan: async ({ subjects, own }) => planExport(subjects, targets, details.common, newId, own),
    };
    await skipSettled(plan, app);
    const refused = await conflictsOf(plan, app);
    if (options.dryRun) {
      return rehearse(plan, targets, [...doubts, ...refused], app);
    }
    enforce(refused);
    await prepareOutDir(outDir(), { isDefault: options.out === null });
    const workload = await recordAll(plan, app);
    if (workload.people > 1) await learnLimits(workload, providers, app);
    const run = runOf({ subjectTable, results, workload, outDir: outDir() }, options, app);
    return carryOut(run, options, options.wait ? 'ended' : 'sent', app);
  });
}

/** Prints the plan on stdout: as text, the first ones by name, or as `gdpr-plan/1`, one a request. */
async function rehearse(
  plan: RequestPlan,
  targets: readonly ExportTarget[],
  refusals: readonly Refusal[],
  app: App,
): Promise<number> {
  const { host, flags } = app;
  const totals = exportTotals(targets);
  let shown = 0;
  for await (const rows of toDo(plan.subjectTable, app)) {
    const isPlanned = flags.json || shown < SHOWN;
    if (!isPlanned) {
      totals.addUnseen(rows.map(({ subject }) => subject));
      continue;
    }
    const page = await planned(plan, rows);
    totals.add(page);
    const { requests } = page;
    for (const request of flags.json ? requests : requests.slice(0, SHOWN - shown)) {
      host.stdout.write(flags.json ? `${planJson(request)}\n` : planText(request));
      shown += 1;
    }
  }
  if (flags.json) return 0;
  totals.refuse(refusals);
  const sum = totals.sum();
  const more = sum.subjects - shown;
  if (more > 0) host.stdout.write(`and ${count(more, 'person', 'people')} more, likewise\n\n`);
  host.stdout.write(`${planEnd(sum)}\n`);
  return 0;
}

/** Several calls follow each other: how fast they may is asked first. */
async function learnLimits(
  { unsent }: Workload,
  providers: ReadonlyMap<ProviderName, Provider>,
  { host }: App,
): Promise<void> {
  const operations = [...unsent.keys()];
  for (const [name, provider] of providers) {
    const own = operations.filter((operation) => OPERATIONS[operation].provider === name);
    if (own.length > 0) await provider.limits(own, host.stop);
  }
}
