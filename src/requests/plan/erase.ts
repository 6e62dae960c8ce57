import { OPERATIONS, isExport } from '../operations.ts';
import type { Operation, PlannedRequest, PlannedStep, Sight, Step } from '../request.ts';
import {
  type ChannelOption,
  type DeleteMode,
  type StreamOptions,
  feedOptions,
} from '../stream-options.ts';
import { type Effect, sendbirdEffects, streamEffects } from './effects.ts';
import {
  type ExportTarget,
  NO_OPTIONS,
  type PageWish,
  type ProviderPlan,
  wantedSteps,
} from './plan.ts';
import { type PlanPage, type Seen, type Sightings, feedsOf, foundSubjects } from './preview.ts';
import { type PlanTotals, createPlanTotals } from './totals.ts';

/** What an erase is to do, for one page of subjects. `targets` are as for an export: they say what feeds data there is. */
export interface EraseWish extends PageWish {
  mode: DeleteMode;
  stream: StreamOptions;
  channels: ChannelOption;
  exportFirst: boolean;
  acceptPartial: boolean;
}

/** What is known of a page of subjects before the question. */
export interface EraseFacts {
  sightings: Sightings;
  /** The request that erased this before, by account, operation and the id there. */
  earlier: (account: string, operation: Operation, subjectId: string) => string | null;
}

/**
 * The plan of an erase for a page of subjects: one request a subject; with `exportFirst` its exports,
 * then Stream's feed data (where the company uses feeds), the Stream user, and Sendbird. Which step
 * waits for which is `order`'s to say. The mode is Stream's: a request without a Stream step has none
 * but `hard`.
 */
export function planErase(wish: EraseWish, facts: EraseFacts, newId: () => string): PlanPage {
  const providerPlans = erasePlans(wish);
  const { details, acceptPartial, own } = wish;
  const requests = wish.subjects.map((subject, index): PlannedRequest => {
    const id = `req_${newId()}`;
    const steps = wantedSteps(subject, providerPlans).map((wanted): PlannedStep => {
      const step = { ...wanted, id: `${id}/${wanted.operation}` };
      return isExport(wanted.operation) ? step : { ...step, ...knownOf(wanted, facts) };
    });
    const mode = modeOfSteps(wish.mode, steps);
    return {
      id,
      action: 'erase',
      mode,
      subject,
      ...details,
      acceptPartial,
      ...own?.[index],
      steps,
    };
  });
  return {
    action: 'erase',
    looked: facts.sightings.size > 0,
    requests,
    found: foundSubjects(wish.subjects, wish.targets, facts.sightings, facts.earlier),
  };
}

/** Adds pages of an erase up to what somebody is to agree to. */
export function eraseTotals(wish: Omit<EraseWish, 'subjects' | 'own'>): PlanTotals {
  const { acceptPartial, details } = wish;
  return createPlanTotals('erase', erasePlans(wish), ({ operations }) => {
    const effects = effectsOf(operations, wish);
    const needs = effects.some(({ undo }) => undo === 'never') ? 'typed' : 'answered';
    const { profile, outDir } = details;
    return { profile, effects, needs, exportsTo: outDir, acceptPartial };
  });
}

/** The mode is Stream's: without a step there, `hard` alone says something. */
export function modeOfSteps(
  mode: DeleteMode | null,
  steps: readonly Pick<PlannedStep, 'provider'>[],
): DeleteMode | null {
  return mode === 'hard' || steps.some(({ provider }) => provider === 'stream') ? mode : null;
}

/** What is asked of each provider of everybody who is to be erased. */
export function erasePlans(wish: Omit<EraseWish, 'subjects' | 'own'>): readonly ProviderPlan[] {
  return wish.targets.map((target) => ({
    provider: target.provider,
    account: target.account,
    steps: [
      ...(wish.exportFirst ? target.operations : []).map((operation) => ({
        operation,
        options: NO_OPTIONS,
      })),
      ...deletionsOf(target, wish),
    ],
  }));
}

function deletionsOf(
  { provider, operations }: ExportTarget,
  { mode, stream, channels }: Pick<EraseWish, 'mode' | 'stream' | 'channels'>,
): ProviderPlan['steps'] {
  if (provider === 'sendbird') {
    return [{ operation: 'delete', options: { channel_delete_option: channels } }];
  }
  const users = { operation: 'delete_users', options: { ...stream } } as const;
  if (!operations.includes('export_feeds')) return [users];
  return [{ operation: 'delete_feeds', options: feedOptions(mode) }, users];
}

/** What is known of what a deletion is about. */
function knownOf(
  step: Pick<PlannedStep, 'provider' | 'account' | 'operation' | 'subjectId'>,
  { sightings, earlier }: EraseFacts,
): Pick<Step, 'before' | 'earlier'> {
  const { provider, account, operation, subjectId } = step;
  const before = sightOf(operation, subjectId, sightings.get(provider));
  return { before, earlier: earlier(account, operation, subjectId) };
}

function sightOf(operation: Operation, subjectId: string, seen: Seen | undefined): Sight | null {
  if (seen === undefined) return null;
  if (OPERATIONS[operation].check === 'user_lookup') {
    return seen.presence.get(subjectId)?.visible === true ? 'visible' : 'not_visible';
  }
  const feeds = feedsOf(seen.feeds, subjectId);
  return feeds === 'not_checkable' ? null : feeds;
}

function effectsOf(
  operations: ReadonlySet<Operation>,
  { stream, channels }: Pick<EraseWish, 'stream' | 'channels'>,
): readonly Effect[] {
  return [
    ...(operations.has('delete_users')
      ? streamEffects(stream, operations.has('delete_feeds'))
      : []),
    ...(operations.has('delete') ? sendbirdEffects(channels) : []),
  ];
}
