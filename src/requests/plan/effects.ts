import { lacksConfirmation } from '../confirmation.ts';
import { OPERATIONS } from '../operations.ts';
import type { ProviderName, Request, Step } from '../request.ts';
import {
  CHANNEL_OPTIONS,
  type ChannelOption,
  type How,
  REMOVED,
  STREAM_PARTS,
  type StreamOptions,
  type StreamPart,
  UNTOUCHED,
  partMode,
  readStreamOptions,
  removes,
} from '../stream-options.ts';

/** What an action does to one kind of a person's data at a provider. */
export interface Effect extends How {
  provider: ProviderName;
  what:
    | 'feed_data'
    | 'follows'
    | 'account'
    | 'messages'
    | 'conversations'
    | 'calls'
    | 'files'
    | 'memberships'
    | 'channels'
    | 'owned_channels'
    | 'owned_calls';
  /** Who owns it afterwards; null: a user that Stream makes up, or it is nobody's question. */
  owner: string | null;
}

/**
 * What becomes of a Stream user's data with these options (docs/providers/stream.md 2.2, 2.4 and 4).
 * Feed data is irreversible and follows are removed whatever the mode; without `hasFeeds` it stays.
 */
export function streamEffects(options: StreamOptions, hasFeeds: boolean): readonly Effect[] {
  const { user } = options;
  const effects: Effect[] = Object.values(STREAM_PARTS).flatMap((part) => {
    if (part.operation === 'delete_users') return [stream(part.what, howOf(part, { ...options }))];
    if (!hasFeeds) return [stream(part.what, UNTOUCHED)];
    return [stream(part.what, part.effects[user] ?? UNTOUCHED), stream('follows', REMOVED)];
  });
  if (user !== 'hard') return effects;
  const handed: How = { how: 'handed_over', undo: null };
  return [
    ...effects,
    stream('owned_channels', handed, options.new_channel_owner_id),
    stream('owned_calls', handed, options.new_call_owner_id),
  ];
}

function howOf(part: StreamPart, options: Readonly<Record<string, unknown>>): How {
  const mode = partMode(part, options);
  return (mode === null ? undefined : part.effects[mode]) ?? UNTOUCHED;
}

/** What becomes of a Sendbird user's data: permanent in any mode (docs/providers/sendbird.md 3). */
export function sendbirdEffects(channels: ChannelOption): readonly Effect[] {
  const lost = { do_not_delete: UNTOUCHED, '1_on_1': ONE_TO_ONE, all: ALL }[channels];
  return [
    effect('sendbird', 'account', REMOVED),
    effect('sendbird', 'messages', REMOVED),
    effect('sendbird', 'channels', lost),
  ];
}

const ONE_TO_ONE: How = { how: 'one_to_one_removed', undo: 'never' };
const ALL: How = { how: 'all_removed', undo: 'never' };

/** What a restore brings back at Stream, and what it does not (docs/providers/stream.md 2.5). */
export function restoreEffects(): readonly Effect[] {
  const gone: How = { how: 'not_restored', undo: null };
  return [
    stream('account', { how: 'restored', undo: null }),
    stream('feed_data', gone),
    stream('follows', gone),
    stream('memberships', gone),
    stream('messages', gone),
  ];
}

/** Sendbird has no restore: a deletion there is permanent (docs/providers/sendbird.md 3). */
export const NO_RESTORE: Effect = effect('sendbird', 'account', { how: 'unsupported', undo: null });

function stream(what: Effect['what'], how: How, owner?: string): Effect {
  return { ...effect('stream', what, how), owner: owner ?? null };
}

function effect(provider: ProviderName, what: Effect['what'], how: How): Effect {
  return { provider, what, ...how, owner: null };
}

/** What a request would still do that is not sent and that nobody confirmed lately; `at` in ms. */
export function unsentEffects(
  { steps, confirmedAt }: Pick<Request, 'steps' | 'confirmedAt'>,
  at: number,
): readonly Effect[] {
  const unsent = steps.filter((step) => lacksConfirmation(step, confirmedAt, at));
  const hasFeeds = steps.some(({ operation }) => OPERATIONS[operation].check === 'feed_data');
  return unsent.flatMap((step) => effectsOf(step, hasFeeds));
}

function effectsOf({ operation, provider, options }: Step, hasFeeds: boolean): readonly Effect[] {
  const { does, check } = OPERATIONS[operation];
  if (does === 'export') return [];
  if (does === 'restore') return provider === 'stream' ? restoreEffects() : [NO_RESTORE];
  if (provider === 'sendbird') {
    const told = options['channel_delete_option'];
    return sendbirdEffects(CHANNEL_OPTIONS.find((each) => each === told) ?? 'do_not_delete');
  }
  if (check === 'feed_data') {
    const user = removes(operation, options) ? 'hard' : 'soft';
    return streamEffects({ user }, true).filter(isOfFeeds);
  }
  const effects = streamEffects(readStreamOptions(options), hasFeeds);
  // Its feed data is told with the step that deletes it.
  return hasFeeds ? effects.filter((each) => !isOfFeeds(each)) : effects;
}

function isOfFeeds({ what }: Effect): boolean {
  return what === 'feed_data' || what === 'follows';
}
