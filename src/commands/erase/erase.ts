import type { Command } from 'commander';
import type { App } from '../../app.ts';
import { prepareOutDir } from '../../files/bundle.ts';
import { subjectName } from '../../report/receipt/receipt-text.ts';
import { standingErasure } from '../../requests/past-erasures.ts';
import { type EraseWish, erasePlans, eraseTotals, planErase } from '../../requests/plan/erase.ts';
import type { Operation } from '../../requests/request.ts';
import { feedOptions, ownersOf, streamOptions } from '../../requests/stream-options.ts';
import type { Presence } from '../../requests/transitions/answers.ts';
import { type ConfirmPlan, confirmAndRun } from '../run/confirm-and-run.ts';
import { pastErasures } from '../run/lookup.ts';
import { subjectsToDo } from '../run/run.ts';
import { type DetailsSource, type Task, detailsOf, withSubjects } from '../run/task.ts';
import { RECEIVED, declareRequestFlags, declareWaitFlags, outDirOf } from '../shared/flags.ts';
import { enforce, guard, numberGuard, protectedGuard } from '../shared/guards.ts';
import {
  type EraseFlags,
  askedOf,
  checkEffect,
  checkOptions,
  declareEraseFlags,
  eraseFlags,
  modeOf,
} from './flags.ts';

/** Declares `gdpr erase` and runs it; `done` gets the exit code. */
export function declareErase(command: Command, app: App, done: (code: number) => void): void {
  declareRequestFlags(command)
    .option(...RECEIVED)
    .option('--yes', 'answer the confirmation; for scripts');
  declareWaitFlags(declareEraseFlags(command)).action(async (users: string[], options) =>
    done(await runErase(eraseFlags(users, options), app)),
  );
}

/** Reads who it is about, looks up, plans, asks, records and carries out; resolves to the exit code. */
async function runErase(options: EraseFlags, app: App): Promise<number> {
  const mode = modeOf(options);
  const outDir = options.exportFirst ? outDirOf(options.out, app.host.cwd) : null;
  const bundles = (): string | null => outDir;
  return withSubjects('erase', options, bundles, app, async (task) => {
    const { targets, subjectTable, settings } = task;
    const asked = askedOf(subjectTable, targets);
    checkEffect(options, asked);
    const stream = streamOptions(mode, settings.erase.stream, options.stream);
    if (asked.stream) checkOptions(stream, subjectTable);
    const details = await detailsOf(options, outDir, app);
    const { exportFirst, acceptPartialExport: acceptPartial } = options;
    const channels = options.channels ?? 'do_not_delete';
    const all = { targets, mode, stream, channels, exportFirst, acceptPartial };
    const wish = { ...all, details: details.common };
    const owners = asked.stream ? ownersOf(stream).map(([, id]) => id) : [];
    return eraseAll({ ...task, wish, details, owners }, options, app);
  });
}

interface EraseTask extends Task {
  wish: Omit<EraseWish, 'subjects' | 'own'>;
  details: DetailsSource;
  owners: readonly string[];
}

async function eraseAll(task: EraseTask, options: EraseFlags, app: App): Promise<number> {
  const { subjectTable, targets, providers, wish, owners, outDir, settings } = task;
  const hasFeeds = targets.some(({ operations }) => operations.includes('export_feeds'));
  const feeds = hasFeeds ? feedOptions(wish.mode) : null;
  return confirmAndRun(
    {
      ...task,
      plan: confirmPlanOf(task, options, app),
      search: { targets, providers, owners, feeds },
      does: 'delete',
      guards: async (skipped, asking) => [
        ...task.doubts,
        ...numberGuard(subjectTable.size - skipped, options),
        ...(await protectedGuard(subjectsToDo(subjectTable, app), settings)),
        ...asking,
      ],
      check: requireOwners,
      prepare: async () => {
        if (outDir !== null) await prepareOutDir(outDir, { isDefault: options.out === null });
      },
    },
    options,
    app,
  );
}

function confirmPlanOf(
  { subjectTable, wish, details }: EraseTask,
  options: EraseFlags,
  app: App,
): ConfirmPlan {
  const { targets, mode, acceptPartial } = wish;
  return {
    action: 'erase',
    mode,
    acceptPartial,
    subjectTable,
    isNew: options.new,
    isCsv: options.csv !== null,
    providerPlans: erasePlans(wish),
    details,
    totals: eraseTotals(wish),
    async plan({ subjects, own, sightings }) {
      const erasures = await pastErasures(subjects, targets, app);
      const earlier = (account: string, operation: Operation, subjectId: string): string | null =>
        standingErasure(erasures.get(account) ?? [], operation, subjectId)?.requestId ?? null;
      return planErase({ ...wish, subjects, own }, { sightings, earlier }, () => app.host.newId());
    },
  };
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
