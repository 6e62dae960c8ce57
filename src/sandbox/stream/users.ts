import type { History } from '../accounts/history.ts';
import type { StreamAccount } from '../accounts/stream-account.ts';
import type { Person, Population } from '../population/people.ts';
import type { StreamView } from '../population/stream-chat.ts';

/** Who exists at Stream and in which state. */
export interface StreamUsers {
  population: Population;
  accounts: History<StreamAccount>;
}

/**
 * A user whose row exists: active, deactivated, or deleted but not for good. [U] whether a
 * soft-deleted user can still be exported or deleted again: yes, since all data is kept.
 */
export function existing(users: StreamUsers, id: string): Person | null {
  const person = users.population.byStreamId(id);
  return person && users.accounts.get(id).user?.mode !== 'hard' ? person : null;
}

/** A user whom look-ups may show: not deleted in any mode, nor about to be. */
export function visible(users: StreamUsers, id: string): Person | null {
  const { user, hidden } = users.accounts.get(id);
  return user === null && !hidden ? existing(users, id) : null;
}

/** Changes what is given in a user's state. */
export function change(users: StreamUsers, id: string, part: Partial<StreamAccount>): void {
  users.accounts.set(id, { ...users.accounts.get(id), ...part });
}

/** The world of Stream as it was at a version. */
export function viewAt(users: StreamUsers, version: number, revision: number): StreamView {
  return {
    population: users.population,
    account: (id) => users.accounts.get(id, version),
    revision,
  };
}
