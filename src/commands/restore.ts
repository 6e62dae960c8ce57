import type { Command } from 'commander';
import type { App } from '../app.ts';
import { type Erasure, standingErasure } from '../requests/past-erasure.ts';
import { type ExportTarget, idAt } from '../requests/plan.ts';
import { planRestore, restoreDigest } from '../requests/plan-restore.ts';
import { createSample } from '../requests/sample.ts';
import { subjectName } from '../report/receipt-text.ts';
import { count } from '../report/words.ts';
import type { ResultsPlace } from '../files/results-place.ts';
import type { Roster } from '../roster/roster.ts';
import { pastErasures } from './earlier.ts';
import { type Guard, askingGuard, choiceGuards, enforce, guard } from './guards.ts';
import { type Intakes, intakesOf } from './intakes.ts';
import { agreeAndCarryOut, rehearseAndPrint } from './propose.ts';
import { type RequestFlags, declareRequestFlags, requestFlags } from './request-flags.ts';
import { checkedResults } from './results.ts';
import { checkWho, rosterOf, toDo } from './rosters.ts';
import { identified, skipSettled } from './settled-before.ts';
import { type Venture, courseOf } from './survey.ts';
import { targetsOf } from './targets.ts';
import { type WaitFlags, declareWaitFlags, waitFlags } from './wait-flags.ts';

interface RestoreOptions extends RequestFlags, WaitFlags {
  yes: boolean;
}

const OPERATIONS = { stream: ['restore_users'], sendbird: [] } as const;

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
  const roster = await rosterOf(options, 'restore', names, app);
  try {
    const intakes = await intakesOf({ ...options, received: null }, null, app);
    return await restoreAll({ roster, targets, intakes, results, doubts }, options, app);
  } finally {
    roster.close();
  }
}

interface Task {
  roster: Roster;
  targets: readonly ExportTarget[];
  intakes: Intakes;
  results: ResultsPlace | null;
  doubts: readonly Guard[];
}

async function restoreAll(task: Task, options: RestoreOptions, app: App): Promise<number> {
  const { roster, targets, results } = task;
  const venture = ventureOf(task, options, app);
  const skipped =
    options.csv === null || options.new ? 0 : await skipSettled(courseOf(venture), app);
  const guards = [
    ...task.doubts,
    ...(skipped === roster.size ? [] : askingGuard(options.yes, app, options.csv)),
    ...(await erasedGuard(roster, targets, app)),
  ];
  if (options.dryRun) return rehearseAndPrint(venture, guards, options, app);
  enforce(guards);
  // Sendbird has nothing to restore, so nobody looks there.
  const looked = targets.filter(({ provider }) => provider === 'stream');
  const providers = await app.providers(options);
  return agreeAndCarryOut(
    venture,
    { targets: looked, providers, owners: [], feeds: null },
    {
      ...options,
      operations: OPERATIONS,
      skipped,
      results,
      outDir: null,
      check: () => undefined,
      prepare: async () => undefined,
    },
    app,
  );
}

function ventureOf({ roster, targets, intakes }: Task, options: RestoreOptions, app: App): Venture {
  const planPage: Venture['planPage'] = async (rows, sightings) => {
    const subjects = rows.map(({ subject }) => subject);
    const erasures = await erasuresOf(subjects, targets, app);
    const known = { subjects, targets, sightings, erasures };
    const own = intakes.own(rows);
    const page = planRestore({ ...known, intake: intakes.common, own }, () => app.host.newId());
    return options.csv === null ? page : identified(page, rows, intakes);
  };
  return {
    action: 'restore',
    roster,
    isNew: options.new,
    planPage,
    digest: restoreDigest(targets, intakes.common.profile),
  };
}

async function erasuresOf(...about: Parameters<typeof pastErasures>): Promise<readonly Erasure[]> {
  return [...(await pastErasures(...about)).values()].flat();
}

/** What this ledger knows as deleted for good is not asked for. */
async function erasedGuard(
  roster: Roster,
  targets: readonly ExportTarget[],
  app: App,
): Promise<Guard[]> {
  const gone = createSample<{ who: string; requestId: string }>();
  for await (const rows of toDo(roster, app)) {
    const subjects = rows.map(({ subject }) => subject);
    const erasures = await erasuresOf(subjects, targets, app);
    for (const subject of subjects) {
      const past = standingErasure(erasures, 'delete_users', idAt(subject, 'stream') ?? '');
      if (past?.options['user'] !== 'hard') continue;
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
