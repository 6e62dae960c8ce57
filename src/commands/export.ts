import type { Command } from 'commander';
import type { App } from '../app.ts';
import { prepareOutDir } from '../files/bundle.ts';
import { exportDigest } from '../requests/digest.ts';
import type { Refusal } from '../requests/erase-options.ts';
import { type ExportTarget, planExport } from '../requests/plan.ts';
import { providerOf } from '../requests/operations.ts';
import type { PlannedRequest, ProviderName } from '../requests/request.ts';
import type { Provider } from '../providers/provider.ts';
import { SHOWN } from '../requests/sample.ts';
import { planEnd, planJson, planText } from '../report/plan-text.ts';
import { count } from '../report/words.ts';
import type { RosterRow } from '../roster/roster.ts';
import { carryOut } from './carry-out.ts';
import { docketOf } from './docket.ts';
import { choiceGuards } from './guards.ts';
import { intakesOf } from './intakes.ts';
import { DEFAULT_OUT, outDirOf } from './out-dir.ts';
import { type Ahead, type Course, conflictsOf, recordAll } from './record.ts';
import { type RequestFlags, declareRequestFlags, requestFlags } from './request-flags.ts';
import { checkedResults } from './results.ts';
import { checkWho, rosterOf, toDo } from './rosters.ts';
import { identified, skipSettled } from './settled-before.ts';
import { targetsOf } from './targets.ts';
import { type WaitFlags, declareWaitFlags, waitFlags } from './wait-flags.ts';

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
  const roster = await rosterOf(options, 'export', names, app);
  try {
    const intakes = await intakesOf(options, outDir, app);
    const newId = (): string => app.host.newId();
    const plan = async (rows: readonly RosterRow[]): Promise<readonly PlannedRequest[]> => {
      const subjects = rows.map(({ subject }) => subject);
      const page = planExport(subjects, targets, intakes.common, newId, intakes.own(rows));
      return (options.csv === null ? page : identified(page, rows, intakes)).requests;
    };
    const course = { action: 'export', roster, isNew: options.new, plan } as const;
    if (options.csv !== null && !options.new) await skipSettled(course, app);
    const refused = await conflictsOf(course, app);
    if (options.dryRun) {
      const refusals = [...doubts, ...(refused === null ? [] : [refused])];
      return await rehearse(course, targets, refusals, app);
    }
    if (refused !== null) throw refused;
    await prepareOutDir(outDir, { isDefault: options.out === null });
    const ahead = await recordAll(course, app);
    if (ahead.people > 1) await learnLimits(ahead, providers, app);
    const docket = docketOf({ roster, results, ahead, outDir }, options, app);
    return await carryOut(docket, options, options.wait ? 'ended' : 'sent', app);
  } finally {
    roster.close();
  }
}

/** Prints the plan on stdout: as text, the first ones by name, or as `gdpr-plan/1`, one a request. */
async function rehearse(
  { roster, plan }: Course,
  targets: readonly ExportTarget[],
  refusals: readonly Refusal[],
  app: App,
): Promise<number> {
  const { host, flags } = app;
  const digest = exportDigest(targets);
  let shown = 0;
  for await (const rows of toDo(roster, app)) {
    const isPlanned = flags.json || shown < SHOWN;
    if (!isPlanned) {
      digest.addUnseen(rows.map(({ subject }) => subject));
      continue;
    }
    const requests = await plan(rows);
    digest.add({ action: 'export', requests });
    for (const request of flags.json ? requests : requests.slice(0, SHOWN - shown)) {
      host.stdout.write(flags.json ? `${planJson(request)}\n` : planText(request));
      shown += 1;
    }
  }
  if (flags.json) return 0;
  digest.refuse(refusals);
  const sum = digest.sum();
  const more = sum.subjects - shown;
  if (more > 0) host.stdout.write(`and ${count(more, 'person', 'people')} more, likewise\n\n`);
  host.stdout.write(`${planEnd(sum)}\n`);
  return 0;
}

/** Several calls follow each other: how fast they may is asked first. */
async function learnLimits(
  { unsent }: Ahead,
  providers: ReadonlyMap<ProviderName, Provider>,
  { host }: App,
): Promise<void> {
  const operations = [...unsent.keys()];
  for (const [name, provider] of providers) {
    const own = operations.filter((operation) => providerOf(operation) === name);
    if (own.length > 0) await provider.limits(own, host.stop);
  }
}
