import { lacksConfirmation } from '../confirmation.ts';
import type { ProviderName, Request, Step } from '../request.ts';
import {
  CHANNEL_OPTIONS,
  type ChannelOption,
  type StreamOptions,
  readStreamOptions,
} from '../stream-options.ts';

/** What an action does to one kind of a person's data at a provider. */
export interface Effect {
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
  how:
    | 'untouched'
    | 'hidden'
    | 'emptied'
    | 'removed'
    | 'one_to_one_removed'
    | 'all_removed'
    | 'handed_over'
    | 'restored'
    | 'not_restored'
    | 'unsupported';
  /** What brings it back: our restore, perhaps nothing, surely nothing; null: nothing is lost. */
  undo: 'restore' | 'unsure' | 'never' | null;
  /** Who owns it afterwards; null: a user that Stream makes up, or it is nobody's question. */
  owner: string | null;
}

type How = Pick<Effect, 'how' | 'undo'>;

const UNTOUCHED: How = { how: 'untouched', undo: null };
const REMOVED: How = { how: 'removed', undo: 'never' };

const ACCOUNT: Readonly<Record<string, How>> = {
  soft: { how: 'hidden', undo: 'restore' },
  // [U] whether a pruned user can be restored; the emptied profile does not come back at any rate.
  pruning: { how: 'emptied', undo: 'never' },
  hard: REMOVED,
};

const MESSAGES: Readonly<Record<string, How>> = {
  // [U] nothing of theirs is lost, and whether a restore shows it again is told both ways: Stream's
  // page counts it as restorable, CNET update_users.md says that messages stay gone.
  soft: { how: 'hidden', undo: 'unsure' },
  pruning: { how: 'emptied', undo: 'never' },
  hard: REMOVED,
};

/** What two share: no call brings it back for either of them, hidden or removed. */
const SHARED: Readonly<Record<string, How>> = {
  soft: { how: 'hidden', undo: 'never' },
  hard: REMOVED,
};

/**
 * What becomes of a Stream user's data with these options (docs/providers/stream.md 2.2, 2.4 and 4).
 * Feed data is irreversible and follows are removed whatever the mode; without `hasFeeds` it stays.
 */
export function streamEffects(options: StreamOptions, hasFeeds: boolean): readonly Effect[] {
  const { user } = options;
  const feeds: How = user === 'hard' ? REMOVED : { how: 'hidden', undo: 'never' };
  const effects: Effect[] = [
    stream('feed_data', hasFeeds ? feeds : UNTOUCHED),
    ...(hasFeeds ? [stream('follows', REMOVED)] : []),
    stream('account', howOf(ACCOUNT, user)),
    stream('messages', howOf(MESSAGES, options.messages)),
    stream('conversations', howOf(SHARED, options.conversations)),
    stream('calls', howOf(SHARED, options.calls)),
    stream('files', options.files === true ? REMOVED : UNTOUCHED),
  ];
  if (user !== 'hard') return effects;
  const handed: How = { how: 'handed_over', undo: null };
  return [
    ...effects,
    stream('owned_channels', handed, options.new_channel_owner_id),
    stream('owned_calls', handed, options.new_call_owner_id),
  ];
}

function howOf(table: Readonly<Record<string, How>>, mode = ''): How {
  return table[mode] ?? UNTOUCHED;
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
  const hasFeeds = steps.some(({ operation }) => operation === 'delete_feeds');
  return unsent.flatMap((step) => effectsOf(step, hasFeeds));
}

function effectsOf({ operation, provider, options }: Step, hasFeeds: boolean): readonly Effect[] {
  switch (operation) {
    case 'delete_feeds': {
      const user = options['hard_delete'] === true ? 'hard' : 'soft';
      return streamEffects({ user }, true).filter(isOfFeeds);
    }
    case 'delete_users': {
      const effects = streamEffects(readStreamOptions(options), hasFeeds);
      // Its feed data is told with the step that deletes it.
      return hasFeeds ? effects.filter((each) => !isOfFeeds(each)) : effects;
    }
    case 'delete': {
      const told = options['channel_delete_option'];
      return sendbirdEffects(CHANNEL_OPTIONS.find((each) => each === told) ?? 'do_not_delete');
    }
    case 'restore_users':
      return provider === 'stream' ? restoreEffects() : [NO_RESTORE];
    case 'export_feeds':
    case 'export_users':
    case 'access':
      return [];
  }
}

function isOfFeeds({ what }: Effect): boolean {
  return what === 'feed_data' || what === 'follows';
}
