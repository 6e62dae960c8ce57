import type { Command } from 'commander';
import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import { optionFault, ownersOf, streamOptions } from '../requests/erase-options.ts';
import type { Presence } from '../requests/outcome.ts';
import { standingErasure } from '../requests/past-erasure.ts';
import { idAt } from '../requests/plan.ts';
import { type EraseFacts, type EraseWish, planErase } from '../requests/plan-erase.ts';
import type { ProviderName } from '../requests/request.ts';
import { subjectName } from '../report/receipt-text.ts';
import { interrupted } from './confirm.ts';
import { pastErasures } from './earlier.ts';
import { checkEffect, modeOf } from './erase-checks.ts';
import { type EraseFlags, declareEraseFlags, eraseFlags } from './erase-flags.ts';
import { lookUpAll } from './found.ts';
import { type Guard, askingGuard, enforce, guard, numberGuard, protectedGuard } from './guards.ts';
import { outDirOf } from './out-dir.ts';
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

interface EraseOptions extends WaitFlags, EraseFlags {
  users: readonly string[];
  provider: readonly ProviderName[];
  streamId: string | null;
  sendbirdId: string | null;
  reference: string | null;
  received: string | null;
  new: boolean;
  yes: boolean;
  dryRun: boolean;
}

const OPERATIONS = { stream: ['delete_feeds', 'delete_users'], sendbird: ['delete'] } as const;

/** Declares `gdpr erase` and runs it; `done` gets the exit code. */
export function declareErase(command: Command, app: App, done: (code: number) => void): void {
  command
    .argument('[user...]', 'user ids of the data subjects')
    .option('--provider <name>', 'only stream, or sendbird (repeatable)', repeatable(PROVIDERS))
    .option('--stream-id <id>', 'the id at Stream, where it differs')
    .option('--sendbird-id <id>', 'the id at Sendbird, where it differs')
    .option('--reference <text>', "the operator's ticket")
    .option('--received <date>', 'when the person asked, YYYY-MM-DD (default today)')
    .option('--new', 'a new request even if one like it is open')
    .option('--dry-run', 'print the plan; nobody is called, nothing is recorded')
    .option('--yes', 'answer the confirmation; for scripts');
  declareWaitFlags(declareEraseFlags(command)).action(async (users: string[], options) => {
    const { provider = [], streamId = null, sendbirdId = null } = options;
    const { reference = null, received = null, dryRun = false, yes = false } = options;
    const flags = { provider, streamId, sendbirdId, reference, received, dryRun, yes };
    const more = { new: options.new ?? false, ...eraseFlags(options), ...waitFlags(options) };
    done(await runErase({ users, ...flags, ...more }, app));
  });
}

/** Looks up, plans, asks, records and carries out; resolves to the exit code. */
async function runErase(options: EraseOptions, app: App): Promise<number> {
  const { wish, ownerIds } = await wishOf(options, app);
  const guards = [
    ...numberGuard(wish.subjects, options.maxSubjects),
    ...protectedGuard(wish.subjects, await app.settings()),
    ...askingGuard(options.yes, app),
  ];
  if (!options.dryRun) enforce(guards);
  const erasures = await pastErasures(wish.subjects, wish.targets, app);
  const earlier: EraseFacts['earlier'] = (account, operation, subjectId) =>
    standingErasure(erasures.get(account) ?? [], operation, subjectId)?.requestId ?? null;
  const newId = (): string => app.host.newId();
  if (options.dryRun) return rehearse(options, wish, { earlier, guards }, app);
  const shown = await lookUpAll(
    {
      subjects: wish.subjects,
      targets: wish.targets,
      providers: await app.providers(options),
      owners: ownerIds,
      feeds: hasFeeds(wish) ? { hard_delete: wish.mode === 'hard' } : null,
    },
    app,
  );
  if (shown === null) return interrupted('Nothing was sent or recorded.', app);
  requireOwners(shown);
  const tempo = await tempoOf(wish.targets, OPERATIONS, await app.providers(options), options, app);
  const facts: EraseFacts = { ...shown, earlier, tempo, refusals: [] };
  const isDefaultOut = options.out === null;
  return agreeAndCarryOut(planErase(wish, facts, newId), { ...options, isDefaultOut }, app);
}

/** What is to be done, from flags and profile. Throws GdprError `usage` or `config`. */
async function wishOf(
  options: EraseOptions,
  app: App,
): Promise<{ wish: EraseWish; ownerIds: readonly string[] }> {
  const mode = modeOf(options);
  const subjects = subjectsOf(options, 'erase');
  const outDir = options.exportFirst ? outDirOf(options.out, app.host.cwd) : null;
  const settings = await app.settings();
  const targets = targetsOf(settings, await app.providers(options), options.provider);
  checkIds(
    subjects,
    targets.map((target) => target.provider),
  );
  const isAsked = (name: ProviderName): boolean =>
    targets.some(({ provider }) => provider === name) &&
    subjects.some((subject) => idAt(subject, name) !== null);
  checkEffect(options, { stream: isAsked('stream'), sendbird: isAsked('sendbird') });
  const stream = streamOptions(mode, settings.erase.stream, options.stream);
  const ids = subjects.flatMap((subject) => idAt(subject, 'stream') ?? []);
  const fault = isAsked('stream') ? optionFault(stream, ids) : null;
  if (fault !== null) throw new GdprError('usage', fault.message, { next: fault.next });
  const { exportFirst, acceptPartial } = options;
  const intake = {
    reference: options.reference,
    profile: settings.profile,
    operator: settings.operator,
    ...(await receivedAndDue(app, options.received)),
    outDir,
  };
  const channels = options.channels ?? 'do_not_delete';
  return {
    wish: { subjects, targets, mode, stream, channels, exportFirst, acceptPartial, intake },
    ownerIds: isAsked('stream') ? ownersOf(stream).map(([, id]) => id) : [],
  };
}

/** What `--dry-run` prints: guards are reported, not applied, and nobody is asked. */
async function rehearse(
  options: EraseOptions,
  wish: EraseWish,
  { earlier, guards }: Pick<EraseFacts, 'earlier'> & { guards: readonly Guard[] },
  app: App,
): Promise<number> {
  const facts: EraseFacts = {
    sightings: new Map(),
    owners: new Map(),
    earlier,
    tempo: unknownTempo(options, app),
    refusals: guards,
  };
  const proposal = planErase(wish, facts, () => app.host.newId());
  const refusals = [...guards, ...(await conflictGuard(proposal, options.new, app))];
  return printProposal({ ...proposal, refusals }, app);
}

function hasFeeds({ targets }: EraseWish): boolean {
  return targets.some(({ operations }) => operations.includes('export_feeds'));
}

/** Nothing is handed over to somebody whom Stream does not show. */
function requireOwners({ owners: seen }: { owners: ReadonlyMap<string, Presence> }): void {
  const missing = [...seen].flatMap(([id, { visible }]) => (visible ? [] : [subjectName(id)]));
  if (missing.length === 0) return;
  const who = [...new Set(missing)].join(', ');
  enforce([
    guard(
      `Refused: the new owner ${who} is not visible at Stream.`,
      'Nothing was sent. Name an account that is there: --new-channel-owner, --new-call-owner',
    ),
  ]);
}
