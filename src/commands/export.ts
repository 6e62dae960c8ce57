import type { Command } from 'commander';
import type { App } from '../app.ts';
import { prepareOutDir } from '../files/bundle.ts';
import type { Provider } from '../providers/provider.ts';
import { planEnd, planJson, planText } from '../report/plan/plan-text.ts';
import { count } from '../report/words.ts';
import { OPERATIONS } from '../requests/operations.ts';
import { type ExportTarget, planExport } from '../requests/plan/plan.ts';
import { exportTotals } from '../requests/plan/totals.ts';
import type { PlannedRequest, ProviderName } from '../requests/request.ts';
import { SHOWN } from '../requests/sample.ts';
import type { Refusal } from '../requests/stream-options.ts';
import type { SubjectRow } from '../subjects/subjects.ts';
import { detailsOf } from './run/details.ts';
import { carryOut } from './run/execute.ts';
import { type Workload, type RecordPlan, conflictsOf, recordAll } from './run/record.ts';
import { checkedResults } from './run/results.ts';
import { runOf } from './run/run.ts';
import { identified, skipSettled } from './run/settled-before.ts';
import { checkWho, subjectTableOf, toDo } from './run/subjects.ts';
import { choiceGuards } from './shared/guards.ts';
import {
  type RequestFlags,
  type WaitFlags,
  DEFAULT_OUT,
  declareRequestFlags,
  declareWaitFlags,
  outDirOf,
  requestFlags,
  waitFlags,
} from './shared/flags.ts';
import { targetsOf } from './shared/targets.ts';

interface ExportOptions extends RequestFlags, WaitFlags {
  received: string | null;
  out: string | null;
}

/** Declares `gdpr export` and runs it; `done` gets the exit code. */
export function declareExport(command: Command, app: App, done: (code: number) => void): void {
  declareRequestFlags(command)
    .option('--received <date>', 'when the person asked, YYYY-MM-DD (default today)')
    .option('--out <dir>', `where bundles go (default ./${DEFAULT_OUT})`);
  declareWaitFlags(command).action(async (users: string[], options) => {
    const { received = null, out = null } = options;
    const flags = { ...requestFlags(users, options), received, out };
    done(await runExport({ ...flags, ...waitFlags(options) }, app));
  });
}

/** Plans, records, submits, checks, collects and prints receipts; resolves to the exit code. */
async function runExport(options: ExportOptions, app: App): Promise<number> {
  checkWho(options, 'export');
  const settings = await app.settings();
  const doubts = await choiceGuards(null, options.dryRun, app);
  const providers = await app.providers(options, options.dryRun);
  const targets = targetsOf(settings, providers, options.provider);
  const outDir = outDirOf(options.out, app.host.cwd);
  const results = await checkedResults(options, outDir, app);
  const names = targets.map(({ provider }) => provider);
  const subjectTable = await subjectTableOf(options, 'export', names, app);
  try {
    const details = await detailsOf(options, outDir, app);
    const newId = (): string => app.host.newId();
    const plan = async (rows: readonly SubjectRow[]): Promise<readonly PlannedRequest[]> => {
      const subjects = rows.map(({ subject }) => subject);
      const page = planExport(subjects, targets, details.common, newId, details.own(rows));
      return (options.csv === null ? page : identified(page, rows, details)).requests;
    };
    const recordPlan = { action: 'export', subjectTable, isNew: options.new, plan } as const;
    if (options.csv !== null && !options.new) await skipSettled(recordPlan, app);
    const refused = await conflictsOf(recordPlan, app);
    if (options.dryRun) {
      const refusals = [...doubts, ...(refused === null ? [] : [refused])];
      return await rehearse(recordPlan, targets, refusals, app);
    }
    if (refused !== null) throw refused;
    await prepareOutDir(outDir, { isDefault: options.out === null });
    const workload = await recordAll(recordPlan, app);
    if (workload.people > 1) await learnLimits(workload, providers, app);
    const run = runOf({ subjectTable, results, workload, outDir }, options, app);
    return await carryOut(run, options, options.wait ? 'ended' : 'sent', app);
  } finally {
    subjectTable.close();
  }
}

/** Prints the plan on stdout: as text, the first ones by name, or as `gdpr-plan/1`, one a request. */
async function rehearse(
  { subjectTable, plan }: RecordPlan,
  targets: readonly ExportTarget[],
  refusals: readonly Refusal[],
  app: App,
): Promise<number> {
  const { host, flags } = app;
  const totals = exportTotals(targets);
  let shown = 0;
  for await (const rows of toDo(subjectTable, app)) {
    const isPlanned = flags.json || shown < SHOWN;
    if (!isPlanned) {
      totals.addUnseen(rows.map(({ subject }) => subject));
      continue;
    }
    const requests = await plan(rows);
    totals.add({ action: 'export', requests });
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
