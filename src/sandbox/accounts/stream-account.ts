import { type History, createHistory } from './history.ts';

export type DeleteMode = 'soft' | 'pruning' | 'hard';

/** What deletions and deactivation did to a user at Stream. Untouched: all null and false. */
export interface StreamAccount {
  user: null | { mode: DeleteMode; at: number };
  /** Hidden from look-ups while its deletion runs. */
  hidden: boolean;
  deactivatedAt: number | null;
  messages: DeleteMode | null;
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

const UNTOUCHED: StreamAccount = {
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

export function createStreamAccounts(): History<StreamAccount> {
  return createHistory(UNTOUCHED);
}

/** The stronger of two modes: what is gone does not come back by a milder deletion. */
export function stronger<M extends DeleteMode>(a: M | null, b: M | null): M | null {
  const rank = (mode: M | null) => (mode === null ? 0 : { soft: 1, pruning: 2, hard: 3 }[mode]);
  return rank(a) >= rank(b) ? a : b;
}
