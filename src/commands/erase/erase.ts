import type { Command } from 'commander';
import type { App } from '../../app.ts';
import { prepareOutDir } from '../../files/bundle.ts';
import type { ResultsPlace } from '../../files/csv/results-place.ts';
import { subjectName } from '../../report/receipt/receipt-text.ts';
import { standingErasure } from '../../requests/past-erasures.ts';
import { type EraseWish, eraseTotals, planErase } from '../../requests/plan/erase.ts';
import type { Operation } from '../../requests/request.ts';
import { feedOptions, ownersOf, streamOptions } from '../../requests/stream-options.ts';
import type { Presence } from '../../requests/transitions/answers.ts';
import type { SubjectTable } from '../../subjects/subjects.ts';
import { agreeAndCarryOut, rehearseAndPrint } from '../run/confirm-and-run.ts';
import { type DetailsSource, detailsOf } from '../run/details.ts';
import { pastErasures } from '../run/lookup.ts';
import { type ConfirmPlan, recordPlanOf } from '../run/preview.ts';
import { checkedResults } from '../run/results.ts';
import { identified, skipSettled } from '../run/settled-before.ts';
import { checkWho, subjectTableOf } from '../run/subjects.ts';
import {
  type Guard,
  askingGuard,
  choiceGuards,
  enforce,
  guard,
  numberGuard,
  protectedSubjects,
} from '../shared/guards.ts';
import { outDirOf } from '../shared/out-dir.ts';
import { type RequestFlags, declareRequestFlags, requestFlags } from '../shared/request-flags.ts';
import { targetsOf } from '../shared/targets.ts';
import { type WaitFlags, declareWaitFlags, waitFlags } from '../shared/wait-flags.ts';
import { askedOf, checkEffect, checkOptions, modeOf } from './checks.ts';
import { type EraseFlags, declareEraseFlags, eraseFlags } from './flags.ts';

interface EraseOptions extends RequestFlags, WaitFlags, EraseFlags {
  received: string | null;
  yes: boolean;
}

/** Declares `gdpr erase` and runs it; `done` gets the exit code. */
export function declareErase(command: Command, app: App, done: (code: number) => void): void {
  declareRequestFlags(command)
    .option('--received <date>', 'when the person asked, YYYY-MM-DD (default today)')
    .option('--yes', 'answer the confirmation; for scripts');
  declareWaitFlags(declareEraseFlags(command)).action(async (users: string[], options) => {
    const { received = null, yes = false } = options;
    const flags = { ...requestFlags(users, options), received, yes };
    done(await runErase({ ...flags, ...eraseFlags(options), ...waitFlags(options) }, app));
  });
}

/** Reads who it is about, looks up, plans, asks, records and carries out; resolves to the exit code. */
async function runErase(options: EraseOptions, app: App): Promise<number> {
  const mode = modeOf(options);
  const outDir = options.exportFirst ? outDirOf(options.out, app.host.cwd) : null;
  checkWho(options, 'erase');
  const doubts = await choiceGuards(options.yes, options.dryRun, app);
  const settings = await app.settings();
  const targets = targetsOf(
    settings,
    await app.providers(options, options.dryRun),
    options.provider,
  );
  const results = await checkedResults(options, outDir, app);
  const names = targets.map(({ provider }) => provider);
  const subjectTable = await subjectTableOf(options, 'erase', names, app);
  try {
    const asked = askedOf(subjectTable, names);
    checkEffect(options, asked);
    const stream = streamOptions(mode, settings.erase.stream, options.stream);
    if (asked.stream) checkOptions(stream, subjectTable);
    const details = await detailsOf(options, outDir, app);
    const { exportFirst, acceptPartial } = options;
    const channels = options.channels ?? 'do_not_delete';
    const all = { targets, mode, stream, channels, exportFirst, acceptPartial };
    const wish = { ...all, details: details.common };
    const owners = asked.stream ? ownersOf(stream).map(([, id]) => id) : [];
    return await eraseAll({ subjectTable, wish, details, owners, results, doubts }, options, app);
  } finally {
    subjectTable.close();
  }
}

interface Task {
  subjectTable: SubjectTable;
  wish: Omit<EraseWish, 'subjects' | 'own'>;
  details: DetailsSource;
  owners: readonly string[];
  results: ResultsPlace | null;
  doubts: readonly Guard[];
}

async function eraseAll(task: Task, options: EraseOptions, app: App): Promise<number> {
  const { subjectTable, wish, owners, results } = task;
  const { targets } = wish;
  const confirmPlan = confirmPlanOf(task, options, app);
  const skipped =
    options.csv === null || options.new ? 0 : await skipSettled(recordPlanOf(confirmPlan), app);
  const guards = [
    ...task.doubts,
    ...numberGuard(subjectTable.size - skipped, options),
    ...(await protectedSubjects(subjectTable, await app.settings(), app)),
    ...(skipped === subjectTable.size ? [] : askingGuard(options.yes, app, options.csv)),
  ];
  if (options.dryRun) return rehearseAndPrint(confirmPlan, guards, options, app);
  enforce(guards);
  const providers = await app.providers(options);
  const hasFeeds = targets.some(({ operations }) => operations.includes('export_feeds'));
  const feeds = hasFeeds ? feedOptions(wish.mode) : null;
  return agreeAndCarryOut(
    confirmPlan,
    { targets, providers, owners, feeds },
    {
      ...options,
      does: 'delete',
      skipped,
      results,
      outDir: wish.details.outDir,
      check: requireOwners,
      prepare: async () => {
        const { outDir } = wish.details;
        if (outDir !== null) await prepareOutDir(outDir, { isDefault: options.out === null });
      },
    },
    app,
  );
}

function confirmPlanOf(
  { subjectTable, wish, details }: Task,
  options: EraseOptions,
  app: App,
): ConfirmPlan {
  const planPage: ConfirmPlan['planPage'] = async (rows, sightings) => {
    const subjects = rows.map(({ subject }) => subject);
    const erasures = await pastErasures(subjects, wish.targets, app);
    const earlier = (account: string, operation: Operation, subjectId: string): string | null =>
      standingErasure(erasures.get(account) ?? [], operation, subjectId)?.requestId ?? null;
    const own = details.own(rows);
    const page = planErase({ ...wish, subjects, own }, { sightings, earlier }, () =>
      app.host.newId(),
    );
    return options.csv === null ? page : identified(page, rows, details);
  };
  return { action: 'erase', subjectTable, isNew: options.new, planPage, totals: eraseTotals(wish) };
}

/** Nothing is handed over to somebody whom Stream does not show. */
function requireOwners(owners: ReadonlyMap<string, Presence>): void {
  const missing = [...owners].flatMap(([id, { visible }]) => (visible ? [] : [subjectName(id)]));
  if (missing.length === 0) return;
  const who = [...new Set(missing)].join(', ');
  enforce([
    guard(
      `Refused: the new owner ${who} is not visible at Stream.`,
      'Nothing was sent. Name an account that is there: --new-channel-owner, --new-call-owner',
    ),
  ]);
}
