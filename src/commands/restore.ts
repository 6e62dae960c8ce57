import type { Command } from 'commander';
import type { App } from '../app.ts';
import type { ResultsPlace } from '../files/csv/results-place.ts';
import { subjectName } from '../report/receipt/receipt-text.ts';
import { count } from '../report/words.ts';
import { type Erasure, standingErasure } from '../requests/past-erasures.ts';
import { removes } from '../requests/stream-options.ts';
import { type ExportTarget, idAt } from '../requests/plan/plan.ts';
import { planRestore, restoreTotals } from '../requests/plan/restore.ts';
import { createSample } from '../requests/sample.ts';
import type { SubjectTable } from '../subjects/subjects.ts';
import { agreeAndCarryOut, rehearseAndPrint } from './run/confirm-and-run.ts';
import { type DetailsSource, detailsOf } from './run/details.ts';
import { pastErasures } from './run/lookup.ts';
import { type ConfirmPlan, recordPlanOf } from './run/preview.ts';
import { checkedResults } from './run/results.ts';
import { identified, skipSettled } from './run/settled-before.ts';
import { checkWho, subjectTableOf, toDo } from './run/subjects.ts';
import { type Guard, askingGuard, choiceGuards, enforce, guard } from './shared/guards.ts';
import { type RequestFlags, declareRequestFlags, requestFlags } from './shared/request-flags.ts';
import { targetsOf } from './shared/targets.ts';
import { type WaitFlags, declareWaitFlags, waitFlags } from './shared/wait-flags.ts';

interface RestoreOptions extends RequestFlags, WaitFlags {
  yes: boolean;
}

/** Declares `gdpr restore` and runs it; `done` gets the exit code. */
export function declareRestore(command: Command, app: App, done: (code: number) => void): void {
  declareRequestFlags(command).option('--yes', 'answer the confirmation; for scripts');
  declareWaitFlags(command).action(async (users: string[], options) => {
    const { yes = false } = options;
    done(await runRestore({ ...requestFlags(users, options), yes, ...waitFlags(options) }, app));
  });
}

/** Reads who it is about, looks up, plans, asks, records and carries out; resolves to the exit code. */
async function runRestore(options: RestoreOptions, app: App): Promise<number> {
  checkWho(options, 'restore');
  const doubts = await choiceGuards(options.yes, options.dryRun, app);
  const settings = await app.settings();
  const targets = targetsOf(
    settings,
    await app.providers(options, options.dryRun),
    options.provider,
  );
  const results = await checkedResults(options, null, app);
  const names = targets.map(({ provider }) => provider);
  const subjectTable = await subjectTableOf(options, 'restore', names, app);
  try {
    const details = await detailsOf({ ...options, received: null }, null, app);
    return await restoreAll({ subjectTable, targets, details, results, doubts }, options, app);
  } finally {
    subjectTable.close();
  }
}

interface Task {
  subjectTable: SubjectTable;
  targets: readonly ExportTarget[];
  details: DetailsSource;
  results: ResultsPlace | null;
  doubts: readonly Guard[];
}

async function restoreAll(task: Task, options: RestoreOptions, app: App): Promise<number> {
  const { subjectTable, targets, results } = task;
  const confirmPlan = confirmPlanOf(task, options, app);
  const skipped =
    options.csv === null || options.new ? 0 : await skipSettled(recordPlanOf(confirmPlan), app);
  const guards = [
    ...task.doubts,
    ...(skipped === subjectTable.size ? [] : askingGuard(options.yes, app, options.csv)),
    ...(await erasedGuard(subjectTable, targets, app)),
  ];
  if (options.dryRun) return rehearseAndPrint(confirmPlan, guards, options, app);
  enforce(guards);
  // Sendbird has nothing to restore, so nobody looks there.
  const looked = targets.filter(({ provider }) => provider === 'stream');
  const providers = await app.providers(options);
  return agreeAndCarryOut(
    confirmPlan,
    { targets: looked, providers, owners: [], feeds: null },
    {
      ...options,
      does: 'restore',
      skipped,
      results,
      outDir: null,
      check: () => undefined,
      prepare: async () => undefined,
    },
    app,
  );
}

function confirmPlanOf(
  { subjectTable, targets, details }: Task,
  options: RestoreOptions,
  app: App,
): ConfirmPlan {
  const planPage: ConfirmPlan['planPage'] = async (rows, sightings) => {
    const subjects = rows.map(({ subject }) => subject);
    const erasures = await erasuresOf(subjects, targets, app);
    const known = { subjects, targets, sightings, erasures };
    const own = details.own(rows);
    const page = planRestore({ ...known, details: details.common, own }, () => app.host.newId());
    return options.csv === null ? page : identified(page, rows, details);
  };
  return {
    action: 'restore',
    subjectTable,
    isNew: options.new,
    planPage,
    totals: restoreTotals(targets, details.common.profile),
  };
}

async function erasuresOf(...about: Parameters<typeof pastErasures>): Promise<readonly Erasure[]> {
  return [...(await pastErasures(...about)).values()].flat();
}

/** What this ledger knows as deleted for good is not asked for. */
async function erasedGuard(
  subjectTable: SubjectTable,
  targets: readonly ExportTarget[],
  app: App,
): Promise<Guard[]> {
  const gone = createSample<{ who: string; requestId: string }>();
  for await (const rows of toDo(subjectTable, app)) {
    const subjects = rows.map(({ subject }) => subject);
    const erasures = await erasuresOf(subjects, targets, app);
    for (const subject of subjects) {
      const past = standingErasure(erasures, 'delete_users', idAt(subject, 'stream') ?? '');
      if (past === null || !removes('delete_users', past.options)) continue;
      gone.add({
        who: `${subjectName(subject.userId)} (${past.requestId})`,
        requestId: past.requestId,
      });
    }
  }
  const { first, number } = gone.taken();
  if (number === 0) return [];
  const more = number - first.length;
  const names = `${first.map(({ who }) => who).join(', ')}${more > 0 ? ` and ${count(more, 'other')}` : ''}`;
  return [
    guard(
      `Refused: erased for good, and nothing brings that back: ${names}.`,
      'Nothing was sent. No flag allows it; the receipt of that request says what was deleted.',
      first.map(({ requestId }) => requestId),
    ),
  ];
}
