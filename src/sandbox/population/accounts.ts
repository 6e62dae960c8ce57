import type { Population } from './people.ts';

/** Who exists at a provider and in which state. */
export interface Users<S extends object> {
  population: Population;
  accounts: History<S>;
}

/** The people, and what had become of them at one moment. */
export interface AccountView<S extends object> {
  population: Population;
  account(id: string): S;
  /** Counts up when a test wants the content of a file to change. */
  revision: number;
}

/** The world of a provider as it was at a version (default: now). */
export function viewAt<S extends object>(
  { population, accounts }: Users<S>,
  version = accounts.version(),
  revision = 0,
): AccountView<S> {
  return { population, account: (id) => accounts.get(id, version), revision };
}

/**
 * States of users that changed, with their past: a file belongs to a moment, and must give the
 * same bytes after the user was deleted. Who never changed takes no room.
 */
type History<S extends object> = ReturnType<typeof createHistory<S>>;

export function createHistory<S extends object>(untouched: S) {
  const past = new Map<string, { version: number; state: S }[]>();
  let current = 0;
  /** The state at a version (default: now). */
  const get = (id: string, version = current): S =>
    past.get(id)?.findLast((candidate) => candidate.version <= version)?.state ?? untouched;
  return {
    get,
    /** Changes what is given in a user's state. */
    change(id: string, part: Partial<S>) {
      const state = { ...get(id), ...part };
      current += 1;
      past.set(id, [...(past.get(id) ?? []), { version: current, state }]);
    },
    version: () => current,
    /** Who ever changed, in the order of first changes. */
    ids: () => [...past.keys()],
  };
}

export type ChannelDeleteOption = 'do_not_delete' | '1_on_1' | 'all';

/** What happened to a user at Sendbird. `deleted` holds the strongest channel option used. */
export interface SendbirdState {
  deleted: null | { channels: ChannelDeleteOption };
  active: boolean;
}

export type SendbirdUsers = Users<SendbirdState>;
export type SendbirdView = AccountView<SendbirdState>;

export const UNTOUCHED_AT_SENDBIRD: SendbirdState = { deleted: null, active: true };

export type UserDeleteMode = 'soft' | 'pruning' | 'hard';

/** What deletions and deactivation did to a user at Stream. Untouched: all null and false. */
export interface StreamState {
  user: null | { mode: UserDeleteMode; at: number };
  /** Hidden from look-ups while its deletion runs. */
  hidden: boolean;
  deactivatedAt: number | null;
  messages: UserDeleteMode | null;
  /** Messages only marked as deleted, by deactivation; reactivation can take that back. */
  messagesMarked: boolean;
  conversations: 'soft' | 'hard' | null;
  calls: 'soft' | 'hard' | null;
  files: boolean;
  /** Feed data: deleted softly or for good. Either way it is in no export. */
  feeds: 'soft' | 'hard' | null;
  /** When its feed data was deleted first, epoch milliseconds. */
  feedsDeletedAt: number | null;
}

export type StreamUsers = Users<StreamState>;
export type StreamView = AccountView<StreamState>;

export const UNTOUCHED_AT_STREAM: StreamState = {
  user: null,
  hidden: false,
  deactivatedAt: null,
  messages: null,
  messagesMarked: false,
  conversations: null,
  calls: null,
  files: false,
  feeds: null,
  feedsDeletedAt: null,
};

/** The stronger of two modes: what is gone does not come back by a milder deletion. */
export function stronger<M extends UserDeleteMode>(a: M | null, b: M | null): M | null {
  const rank = (mode: M | null) => (mode === null ? 0 : { soft: 1, pruning: 2, hard: 3 }[mode]);
  return rank(a) >= rank(b) ? a : b;
}
