import { idFault, quoteId } from './ids.ts';

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
  const named = [
    ['--new-channel-owner', options.new_channel_owner_id],
    ['--new-call-owner', options.new_call_owner_id],
  ] as const;
  return named.flatMap(([flag, id]) => (id === undefined ? [] : [[flag, id] as const]));
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
