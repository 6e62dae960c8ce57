import type { Command } from 'commander';
import type { App } from '../app.ts';
import { prepareOutDir } from '../files/bundle.ts';
import { ownersOf, streamOptions } from '../requests/erase-options.ts';
import type { Presence } from '../requests/outcome.ts';
import { standingErasure } from '../requests/past-erasure.ts';
import type { Operation } from '../requests/request.ts';
import { type EraseWish, eraseDigest, planErase } from '../requests/plan-erase.ts';
import { subjectName } from '../report/receipt-text.ts';
import type { ResultsPlace } from '../files/results-place.ts';
import type { Roster } from '../roster/roster.ts';
import { pastErasures } from './earlier.ts';
import { askedOf, checkEffect, checkOptions, modeOf } from './erase-checks.ts';
import { type EraseFlags, declareEraseFlags, eraseFlags } from './erase-flags.ts';
import {
  type Guard,
  askingGuard,
  choiceGuards,
  enforce,
  guard,
  numberGuard,
  protectedOnRoster,
} from './guards.ts';
import { type Intakes, intakesOf } from './intakes.ts';
import { outDirOf } from './out-dir.ts';
import { agreeAndCarryOut, rehearseAndPrint } from './propose.ts';
import { type RequestFlags, declareRequestFlags, requestFlags } from './request-flags.ts';
import { checkedResults } from './results.ts';
import { checkWho, rosterOf } from './rosters.ts';
import { identified, skipSettled } from './settled-before.ts';
import { type Venture, courseOf } from './survey.ts';
import { targetsOf } from './targets.ts';
import { type WaitFlags, declareWaitFlags, waitFlags } from './wait-flags.ts';

interface EraseOptions extends RequestFlags, WaitFlags, EraseFlags {
  received: string | null;
  yes: boolean;
}

const OPERATIONS = { stream: ['delete_feeds', 'delete_users'], sendbird: ['delete'] } as const;

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
  const roster = await rosterOf(options, 'erase', names, app);
  try {
    const asked = askedOf(roster, names);
    checkEffect(options, asked);
    const stream = streamOptions(mode, settings.erase.stream, options.stream);
    if (asked.stream) checkOptions(stream, roster);
    const intakes = await intakesOf(options, outDir, app);
    const { exportFirst, acceptPartial } = options;
    const channels = options.channels ?? 'do_not_delete';
    const all = { targets, mode, stream, channels, exportFirst, acceptPartial };
    const wish = { ...all, intake: intakes.common };
    const owners = asked.stream ? ownersOf(stream).map(([, id]) => id) : [];
    return await eraseAll({ roster, wish, intakes, owners, results, doubts }, options, app);
  } finally {
    roster.close();
  }
}

interface Task {
  roster: Roster;
  wish: Omit<EraseWish, 'subjects' | 'own'>;
  intakes: Intakes;
  owners: readonly string[];
  results: ResultsPlace | null;
  doubts: readonly Guard[];
}

async function eraseAll(task: Task, options: EraseOptions, app: App): Promise<number> {
  const { roster, wish, owners, results } = task;
  const { targets } = wish;
  const venture = ventureOf(task, options, app);
  const skipped =
    options.csv === null || options.new ? 0 : await skipSettled(courseOf(venture), app);
  const guards = [
    ...task.doubts,
    ...numberGuard(roster.size - skipped, options),
    ...(await protectedOnRoster(roster, await app.settings(), app)),
    ...(skipped === roster.size ? [] : askingGuard(options.yes, app, options.csv)),
  ];
  if (options.dryRun) return rehearseAndPrint(venture, guards, options, app);
  enforce(guards);
  const providers = await app.providers(options);
  const hasFeeds = targets.some(({ operations }) => operations.includes('export_feeds'));
  const feeds = hasFeeds ? { hard_delete: wish.mode === 'hard' } : null;
  return agreeAndCarryOut(
    venture,
    { targets, providers, owners, feeds },
    {
      ...options,
      operations: OPERATIONS,
      skipped,
      results,
      outDir: wish.intake.outDir,
      check: requireOwners,
      prepare: async () => {
        const { outDir } = wish.intake;
        if (outDir !== null) await prepareOutDir(outDir, { isDefault: options.out === null });
      },
    },
    app,
  );
}

function ventureOf({ roster, wish, intakes }: Task, options: EraseOptions, app: App): Venture {
  const planPage: Venture['planPage'] = async (rows, sightings) => {
    const subjects = rows.map(({ subject }) => subject);
    const erasures = await pastErasures(subjects, wish.targets, app);
    const earlier = (account: string, operation: Operation, subjectId: string): string | null =>
      standingErasure(erasures.get(account) ?? [], operation, subjectId)?.requestId ?? null;
    const own = intakes.own(rows);
    const page = planErase({ ...wish, subjects, own }, { sightings, earlier }, () =>
      app.host.newId(),
    );
    return options.csv === null ? page : identified(page, rows, intakes);
  };
  return { action: 'erase', roster, isNew: options.new, planPage, digest: eraseDigest(wish) };
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
