import { idFault, quoteId } from './ids.ts';
import type { Operation } from './request.ts';

export type DeleteMode = 'soft' | 'pruning' | 'hard';

/** Stream's options of `delete_users` as somebody chose them; what is left open is absent. */
export interface StreamChoice {
  messages?: DeleteMode | undefined;
  conversations?: 'soft' | 'hard' | undefined;
  calls?: 'soft' | 'hard' | undefined;
  files?: boolean | undefined;
  new_channel_owner_id?: string | undefined;
  new_call_owner_id?: string | undefined;
}

/** What is sent with `delete_users`: only what is set (docs/providers/stream.md 2.4). */
export type StreamOptions = StreamChoice & { user: DeleteMode };

/** Sendbird's `channel_delete_option` (docs/providers/sendbird.md 2.1). */
export const CHANNEL_OPTIONS = ['do_not_delete', '1_on_1', 'all'] as const;
export type ChannelOption = (typeof CHANNEL_OPTIONS)[number];

/** Why something is not done, and what to do about it. */
export interface Refusal {
  message: string;
  next: string;
}

/** What an action does to some data, and what brings it back: our restore, perhaps nothing, surely nothing; null: nothing is lost. */
export interface How {
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
  undo: 'restore' | 'unsure' | 'never' | null;
}

export const UNTOUCHED: How = { how: 'untouched', undo: null };
export const REMOVED: How = { how: 'removed', undo: 'never' };

/** What two share: no call brings it back for either of them, hidden or removed. */
const SHARED = { soft: { how: 'hidden', undo: 'never' }, hard: REMOVED } as const;

/** What a hard deletion at Stream removes, and a softer one leaves. */
export type Leftover = 'feed_data' | 'account' | 'messages' | 'conversations' | 'calls' | 'files';

/** One kind of a Stream user's data, and the option that decides about it. */
export interface StreamPart {
  what: Leftover;
  operation: 'delete_feeds' | 'delete_users';
  option: 'hard_delete' | keyof StreamOptions;
  /** What it is called in front of people. */
  label: string;
  /** The flags that make it hard where `--hard` does not; empty: there are none. */
  harder: readonly string[];
  /** What becomes of it in each mode; it is not touched in one that is not named. */
  effects: Readonly<Partial<Record<DeleteMode, How>>>;
}

function userPart<What extends Leftover & keyof StreamOptions>(what: What) {
  return { what, option: what, operation: 'delete_users' } as const;
}

/** What Stream's options do (docs/providers/stream.md 2.2, 2.4 and 4). */
export const STREAM_PARTS: Readonly<Record<Leftover, StreamPart>> = {
  feed_data: {
    what: 'feed_data',
    operation: 'delete_feeds',
    option: 'hard_delete',
    label: 'feed data',
    harder: [],
    // Irreversible whatever the mode.
    effects: {
      soft: { how: 'hidden', undo: 'never' },
      pruning: { how: 'hidden', undo: 'never' },
      hard: REMOVED,
    },
  },
  account: {
    what: 'account',
    operation: 'delete_users',
    option: 'user',
    label: 'account',
    harder: [],
    effects: {
      soft: { how: 'hidden', undo: 'restore' },
      // [U] whether a pruned user can be restored; the emptied profile does not come back at any rate.
      pruning: { how: 'emptied', undo: 'never' },
      hard: REMOVED,
    },
  },
  messages: {
    ...userPart('messages'),
    label: 'messages',
    harder: ['--messages', 'hard'],
    effects: {
      // [U] nothing of theirs is lost, and whether a restore shows it again is told both ways: Stream's
      // page counts it as restorable, CNET update_users.md says that messages stay gone.
      soft: { how: 'hidden', undo: 'unsure' },
      pruning: { how: 'emptied', undo: 'never' },
      hard: REMOVED,
    },
  },
  conversations: {
    ...userPart('conversations'),
    label: '1:1 conversations',
    harder: ['--conversations', 'hard'],
    effects: SHARED,
  },
  calls: {
    ...userPart('calls'),
    label: 'calls',
    harder: ['--calls', 'hard'],
    effects: SHARED,
  },
  files: {
    ...userPart('files'),
    label: 'uploaded files',
    harder: ['--files'],
    effects: { hard: REMOVED },
  },
};

/** The flags of an erase that set options of `delete_users`. */
export const STREAM_FLAGS = [
  ['messages', '--messages'],
  ['conversations', '--conversations'],
  ['calls', '--calls'],
  ['files', '--files'],
  ['new_channel_owner_id', '--new-channel-owner'],
  ['new_call_owner_id', '--new-call-owner'],
] as const;

type Options = Readonly<Record<string, unknown>>;

/** How a deletion with these options deals with one kind of data; null: it is not named. */
export function partMode({ option }: StreamPart, options: Options): DeleteMode | null {
  const value = options[option];
  return value === true ? 'hard' : (MODES.find((each) => each === value) ?? null);
}

/** The kinds of data that an operation decides about; of those that are not Stream's deletions there are none. */
export function streamPartsOf(operation: Operation): readonly StreamPart[] {
  return Object.values(STREAM_PARTS).filter((part) => part.operation === operation);
}

/** Whether it removes feed data, or the account, and does not hide it: nothing brings that back. */
export function removes(operation: Operation, options: Options): boolean {
  const [main] = streamPartsOf(operation);
  return main !== undefined && partMode(main, options) === 'hard';
}

/** What a deletion with these options hides, or does not touch; empty: all of it is removed. */
export function leftBy(operation: Operation, options: Options): readonly Leftover[] {
  const left = streamPartsOf(operation).filter((part) => partMode(part, options) !== 'hard');
  return left.map(({ what }) => what);
}

function rank(mode: DeleteMode | null): number {
  return mode === null ? -1 : MODES.indexOf(mode);
}

/** Whether a deletion with `done` options left nothing for one with `wanted` options to do. */
export function isAsHard(operation: Operation, done: Options, wanted: Options): boolean {
  return streamPartsOf(operation).every(
    (part) => rank(partMode(part, done)) >= rank(partMode(part, wanted)),
  );
}

/** docs/spec.md 3, the table of modes. */
const BY_MODE: Readonly<Record<DeleteMode, StreamOptions>> = {
  soft: { user: 'soft', messages: 'soft' },
  pruning: { user: 'pruning', messages: 'pruning' },
  hard: { user: 'hard', messages: 'hard', conversations: 'hard', calls: 'hard', files: true },
};

/**
 * The options of `delete_users`: the mode's, over them the profile's, over them the flags'. New
 * owners of the profile are used where they have a meaning, for a user who is deleted hard.
 */
export function streamOptions(
  mode: DeleteMode,
  profile: StreamChoice,
  flags: StreamChoice,
): StreamOptions {
  const { new_channel_owner_id, new_call_owner_id, ...always } = profile;
  const owners = mode === 'hard' ? { new_channel_owner_id, new_call_owner_id } : {};
  const merged = { ...BY_MODE[mode], ...set(always), ...set(owners), ...set(flags) };
  if (merged.files === false) delete merged.files;
  return merged;
}

/** The options of `delete_feeds`. */
export function feedOptions(mode: DeleteMode): { hard_delete: boolean } {
  return { hard_delete: mode === 'hard' };
}

/** The options of a recorded `delete_users`; what is no option of Stream's is left out. */
export function readStreamOptions(options: Readonly<Record<string, unknown>>): StreamOptions {
  const { user, messages, conversations, calls, files } = options;
  const { new_channel_owner_id: channelOwner, new_call_owner_id: callOwner } = options;
  const choice: StreamChoice = {
    messages: MODES.find((each) => each === messages),
    conversations: TWO_MODES.find((each) => each === conversations),
    calls: TWO_MODES.find((each) => each === calls),
    files: files === true ? true : undefined,
    new_channel_owner_id: typeof channelOwner === 'string' ? channelOwner : undefined,
    new_call_owner_id: typeof callOwner === 'string' ? callOwner : undefined,
  };
  return { user: MODES.find((each) => each === user) ?? 'soft', ...set(choice) };
}

const MODES = ['soft', 'pruning', 'hard'] as const;
const TWO_MODES = ['soft', 'hard'] as const;

function set(choice: StreamChoice): StreamChoice {
  return Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined));
}

/**
 * What Stream would reject, or what would have no effect; null if the options may be sent.
 * `subjectIds` are the subjects' ids at Stream. The rule about hard is in the specification's text
 * and in Stream's own command line; Stream's answer to breaking it is unconfirmed ([U]), so it is
 * never asked (docs/providers/stream.md 4).
 */
export function optionFault(options: StreamOptions, subjectIds: readonly string[]): Refusal | null {
  const { user, messages, conversations } = options;
  if (user === 'hard' && (messages !== 'hard' || conversations !== 'hard')) {
    return {
      message:
        'Stream deletes a user hard only together with the messages and 1:1 conversations: messages and conversations must be hard as well.',
      next: 'Nothing was sent. Leave --messages and --conversations out, and out of erase.stream in the profile.',
    };
  }
  for (const [flag, owner] of ownersOf(options)) {
    const fault = ownerFault(flag, owner, user, subjectIds);
    if (fault !== null) return fault;
  }
  return null;
}

/** The new owners that the options name, each with the flag that names it. */
export function ownersOf(options: StreamOptions): readonly (readonly [flag: string, id: string])[] {
  return STREAM_FLAGS.flatMap(([option, flag]) => {
    const id = options[option];
    const isOwner = option === 'new_channel_owner_id' || option === 'new_call_owner_id';
    return isOwner && typeof id === 'string' ? [[flag, id] as const] : [];
  });
}

function ownerFault(
  flag: string,
  owner: string,
  user: DeleteMode,
  subjectIds: readonly string[],
): Refusal | null {
  const fault = idFault(owner, 'stream');
  if (fault !== null) {
    return {
      message: `${flag}: the user id ${quoteId(owner)} ${fault}.`,
      next: 'Nothing was sent. Ids are taken as they are: never trimmed, never guessed.',
    };
  }
  if (user !== 'hard') {
    return {
      message: `${flag} has no effect here: only what a hard-deleted user owned gets a new owner.`,
      next: `Nothing was sent. Add --hard, or leave ${flag} out.`,
    };
  }
  if (subjectIds.includes(owner)) {
    return {
      message: `${flag}: ${quoteId(owner)} is to be erased, and cannot take over what is left.`,
      next: 'Nothing was sent. Name somebody who stays.',
    };
  }
  return null;
}
