import { callsOf, leastTime } from './calls.ts';
import { type Effect, sendbirdEffects, streamEffects } from './effects.ts';
import type { ChannelOption, DeleteMode, Refusal, StreamOptions } from './erase-options.ts';
import type { Presence } from './outcome.ts';
import { type ExportTarget, type Intake, idAt } from './plan.ts';
import { type Proposal, type Sightings, type Tempo, foundOf } from './proposal.ts';
import type { Operation, PlannedRequest, PlannedStep, Sight, Subject } from './request.ts';

/** What an erase is to do. `targets` are as for an export: they say what feeds data there is. */
export interface EraseWish {
  subjects: readonly Subject[];
  targets: readonly ExportTarget[];
  mode: DeleteMode;
  stream: StreamOptions;
  channels: ChannelOption;
  exportFirst: boolean;
  acceptPartial: boolean;
  intake: Intake;
}

/** What is known before the question. */
export interface EraseFacts {
  sightings: Sightings;
  owners: ReadonlyMap<string, Presence>;
  /** The request that erased this before, by account, operation and the id there. */
  earlier(account: string, operation: Operation, subjectId: string): string | null;
  tempo: Tempo;
  refusals: readonly Refusal[];
}

/**
 * The plan of an erase: one request a subject; with `exportFirst` its exports, then Stream's feed
 * data (where the company uses feeds), the Stream user, and Sendbird. Which step waits for which
 * is `order`'s to say. The mode is Stream's: a request without a Stream step has none but `hard`.
 */
export function planErase(wish: EraseWish, facts: EraseFacts, newId: () => string): Proposal {
  const requests = wish.subjects.map((subject) => requestOf(subject, wish, facts, newId));
  const calls = callsOf(requests);
  const effects = effectsOf(requests, wish);
  const { limits, share, at } = facts.tempo;
  return {
    action: 'erase',
    requests,
    looked: facts.sightings.size > 0,
    found: foundOf(wish.subjects, wish.targets, facts.sightings, (account, id) =>
      facts.earlier(account, isStream(account, wish) ? 'delete_users' : 'delete', id),
    ),
    owners: facts.owners,
    effects,
    cost: { calls, time: leastTime(calls, limits, share, at) },
    needs: effects.some(({ undo }) => undo === 'never') ? 'typed' : 'answered',
    exportsTo: wish.intake.outDir,
    acceptPartial: wish.acceptPartial,
    refusals: facts.refusals,
  };
}

function requestOf(
  subject: Subject,
  wish: EraseWish,
  facts: EraseFacts,
  newId: () => string,
): PlannedRequest {
  const id = `req_${newId()}`;
  const steps = wish.targets.flatMap((target): PlannedStep[] => {
    const { provider, account } = target;
    const subjectId = idAt(subject, provider);
    if (subjectId === null) return [];
    const step = (operation: Operation): PlannedStep => ({
      id: `${id}/${operation}`,
      provider,
      operation,
      account,
      subjectId,
      options: {},
    });
    const exports = wish.exportFirst ? target.operations.map(step) : [];
    const deletions = deletionsOf(target, wish).map(({ operation, options }) => ({
      ...step(operation),
      options,
      before: sightOf(operation, subjectId, target, facts.sightings),
      earlier: facts.earlier(account, operation, subjectId),
    }));
    return [...exports, ...deletions];
  });
  const hasStream = steps.some(({ operation }) => operation === 'delete_users');
  return {
    id,
    action: 'erase',
    mode: hasStream || wish.mode === 'hard' ? wish.mode : null,
    subject,
    ...wish.intake,
    acceptPartial: wish.acceptPartial,
    steps,
  };
}

function deletionsOf(
  { provider, operations }: ExportTarget,
  { mode, stream, channels }: EraseWish,
): readonly { operation: Operation; options: PlannedStep['options'] }[] {
  if (provider === 'sendbird') {
    return [{ operation: 'delete', options: { channel_delete_option: channels } }];
  }
  const users = { operation: 'delete_users', options: { ...stream } } as const;
  if (!operations.includes('export_feeds')) return [users];
  return [{ operation: 'delete_feeds', options: { hard_delete: mode === 'hard' } }, users];
}

function sightOf(
  operation: Operation,
  subjectId: string,
  { provider }: ExportTarget,
  sightings: Sightings,
): Sight | null {
  const seen = sightings.get(provider);
  if (seen === undefined) return null;
  if (operation !== 'delete_feeds') {
    return seen.presence.get(subjectId)?.visible === true ? 'visible' : 'not_visible';
  }
  if (seen.feeds === null || seen.feeds === 'not_checkable') return null;
  return seen.feeds.has(subjectId) ? 'visible' : 'not_visible';
}

function effectsOf(
  requests: readonly PlannedRequest[],
  { stream, channels }: EraseWish,
): readonly Effect[] {
  const operations = new Set(requests.flatMap(({ steps }) => steps.map((step) => step.operation)));
  return [
    ...(operations.has('delete_users')
      ? streamEffects(stream, operations.has('delete_feeds'))
      : []),
    ...(operations.has('delete') ? sendbirdEffects(channels) : []),
  ];
}

function isStream(account: string, { targets }: EraseWish): boolean {
  return targets.some((target) => target.provider === 'stream' && target.account === account);
}
