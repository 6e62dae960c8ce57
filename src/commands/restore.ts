import type { Command } from 'commander';
import type { App } from '../app.ts';
import { subjectName } from '../report/receipt/receipt-text.ts';
import { count } from '../report/words.ts';
import { type Erasure, standingErasure } from '../requests/past-erasures.ts';
import { type ExportTarget, idAt } from '../requests/plan/plan.ts';
import { planRestore, restorePlans, restoreTotals } from '../requests/plan/restore.ts';
import { createSample } from '../requests/sample.ts';
import { removes } from '../requests/stream-options.ts';
import type { SubjectTable } from '../subjects/subjects.ts';
import { type ConfirmPlan, confirmAndRun } from './run/confirm-and-run.ts';
import { pastErasures } from './run/lookup.ts';
import { subjectsToDo } from './run/run.ts';
import { type DetailsSource, type Task, detailsOf, withSubjects } from './run/task.ts';
import {
  type RequestFlags,
  declareRequestFlags,
  declareWaitFlags,
  requestFlags,
} from './shared/flags.ts';
import { type Guard, guard } from './shared/guards.ts';

/** Declares `gdpr restore` and runs it; `done` gets the exit code. */
export function declareRestore(command: Command, app: App, done: (code: number) => void): void {
  declareRequestFlags(command).option('--yes', 'answer the confirmation; for scripts');
  declareWaitFlags(command).action(async (users: string[], options) =>
    done(await runRestore(requestFlags(users, options), app)),
  );
}

const noBundles = (): null => null;

/** Reads who it is about, looks up, plans, asks, records and carries out; resolves to the exit code. */
async function runRestore(options: RequestFlags, app: App): Promise<number> {
  return withSubjects('restore', options, noBundles, app, async (task) => {
    const { subjectTable, targets, providers } = task;
    const details = await detailsOf(options, null, app);
    // Sendbird has nothing to restore, so nobody looks there.
    const looked = targets.filter(({ provider }) => provider === 'stream');
    return confirmAndRun(
      {
        ...task,
        plan: confirmPlanOf(task, details, options, app),
        search: { targets: looked, providers, owners: [], feeds: null },
        does: 'restore',
        guards: async (_, asking) => [
          ...task.doubts,
          ...asking,
          ...(await erasedGuard(subjectTable, targets, app)),
        ],
      },
      options,
      app,
    );
  });
}

function confirmPlanOf(
  { subjectTable, targets }: Task,
  details: DetailsSource,
  options: RequestFlags,
  app: App,
): ConfirmPlan {
  return {
    action: 'restore',
    mode: null,
    subjectTable,
    isNew: options.new,
    isCsv: options.csv !== null,
    providerPlans: restorePlans(targets),
    details,
    totals: restoreTotals(targets, details.common.profile),
    async plan(page) {
      const erasures = await erasuresOf(page.subjects, targets, app);
      const wish = { ...page, targets, erasures, details: details.common };
      return planRestore(wish, () => app.host.newId());
    },
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
  for await (const subjects of subjectsToDo(subjectTable, app)) {
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
  const message = `Refused: erased for good, and nothing brings that back: ${names}.`;
  const next =
    'Nothing was sent. No flag allows it; the receipt of that request says what was deleted.';
  return [
    guard(
      message,
      next,
      first.map(({ requestId }) => requestId),
    ),
  ];
}
