import type { Command } from 'commander';
import type { App } from '../app.ts';
import { idAt } from '../requests/plan.ts';
import { type Erasure, standingErasure } from '../requests/past-erasure.ts';
import { type RestoreWish, planRestore } from '../requests/plan-restore.ts';
import type { ProviderName, Subject } from '../requests/request.ts';
import { subjectName } from '../report/receipt-text.ts';
import { interrupted } from './confirm.ts';
import { pastErasures } from './earlier.ts';
import { lookUpAll } from './found.ts';
import { type Guard, askingGuard, enforce, guard } from './guards.ts';
import {
  agreeAndCarryOut,
  conflictGuard,
  printProposal,
  tempoOf,
  unknownTempo,
} from './propose.ts';
import { receivedAndDue } from './received.ts';
import { repeatable } from './repeatable.ts';
import { checkIds, subjectsOf } from './subjects.ts';
import { PROVIDERS, targetsOf } from './targets.ts';
import { type WaitFlags, declareWaitFlags, waitFlags } from './wait-flags.ts';

interface RestoreOptions extends WaitFlags {
  users: readonly string[];
  provider: readonly ProviderName[];
  streamId: string | null;
  sendbirdId: string | null;
  reference: string | null;
  new: boolean;
  yes: boolean;
  dryRun: boolean;
}

const OPERATIONS = { stream: ['restore_users'], sendbird: [] } as const;

/** Declares `gdpr restore` and runs it; `done` gets the exit code. */
export function declareRestore(command: Command, app: App, done: (code: number) => void): void {
  declareWaitFlags(command.argument('[user...]', 'user ids of the data subjects'))
    .option('--provider <name>', 'only stream, or sendbird (repeatable)', repeatable(PROVIDERS))
    .option('--stream-id <id>', 'the id at Stream, where it differs')
    .option('--sendbird-id <id>', 'the id at Sendbird, where it differs')
    .option('--reference <text>', "the operator's ticket")
    .option('--new', 'a new request even if one like it is open')
    .option('--dry-run', 'print the plan; nobody is called, nothing is recorded')
    .option('--yes', 'answer the confirmation; for scripts')
    .action(async (users: string[], options) => {
      const { provider = [], streamId = null, sendbirdId = null } = options;
      const { reference = null, dryRun = false, yes = false } = options;
      const flags = { provider, streamId, sendbirdId, reference, dryRun, yes };
      const more = { new: options.new ?? false, ...waitFlags(options) };
      done(await runRestore({ users, ...flags, ...more }, app));
    });
}

/** Looks up, plans, asks, records and carries out; resolves to the exit code. */
async function runRestore(options: RestoreOptions, app: App): Promise<number> {
  const subjects = subjectsOf(options, 'restore');
  const settings = await app.settings();
  const providers = await app.providers(options);
  const targets = targetsOf(settings, providers, options.provider);
  checkIds(
    subjects,
    targets.map((target) => target.provider),
  );
  const erasures = [...(await pastErasures(subjects, targets, app)).values()].flat();
  const guards = [...askingGuard(options.yes, app), ...erasedGuard(subjects, erasures)];
  if (!options.dryRun) enforce(guards);
  const wish: RestoreWish = {
    subjects,
    targets,
    intake: {
      reference: options.reference,
      profile: settings.profile,
      operator: settings.operator,
      ...(await receivedAndDue(app, null)),
      outDir: null,
    },
    sightings: new Map(),
    erasures,
    tempo: unknownTempo(options, app),
    refusals: [],
  };
  const newId = (): string => app.host.newId();
  if (options.dryRun) {
    const proposal = planRestore(wish, newId);
    const refusals = [...guards, ...(await conflictGuard(proposal, options.new, app))];
    return printProposal({ ...proposal, refusals }, app);
  }
  // Sendbird has nothing to restore, so nobody looks there.
  const looked = targets.filter(({ provider }) => provider === 'stream');
  const shown = await lookUpAll(
    { subjects, targets: looked, providers, owners: [], feeds: null },
    app,
  );
  if (shown === null) return interrupted('Nothing was sent or recorded.', app);
  const tempo = await tempoOf(looked, OPERATIONS, providers, options, app);
  const proposal = planRestore({ ...wish, sightings: shown.sightings, tempo }, newId);
  return agreeAndCarryOut(proposal, { ...options, isDefaultOut: false }, app);
}

/** What this ledger knows as deleted for good is not asked for. */
function erasedGuard(subjects: readonly Subject[], erasures: readonly Erasure[]): Guard[] {
  const gone = subjects.flatMap((subject) => {
    const past = standingErasure(erasures, 'delete_users', idAt(subject, 'stream') ?? '');
    return past?.options['user'] === 'hard' ? [{ subject, requestId: past.requestId }] : [];
  });
  if (gone.length === 0) return [];
  const who = gone.map(({ subject, requestId }) => `${subjectName(subject.userId)} (${requestId})`);
  return [
    guard(
      `Refused: erased for good, and nothing brings that back: ${who.join(', ')}.`,
      'Nothing was sent. No flag allows it; the receipt of that request says what was deleted.',
      gone.map(({ requestId }) => requestId),
    ),
  ];
}
