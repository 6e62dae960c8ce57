import { type SendbirdUsers, viewAt } from '../population/accounts.ts';
import type { SandboxUser } from '../population/people.ts';
import { profile } from '../population/sendbird-chat.ts';
import type { ReceivedCall, VendorAnswer, World } from '../vendor.ts';
import { makeToken, notFound, readLimit, readToken, readUserIds, sendbirdError } from './input.ts';
import type { GdprRequests } from './requests.ts';

/** What a call works with. */
export interface SendbirdContext extends World {
  users: SendbirdUsers;
  requests: GdprRequests;
}

export type SendbirdHandler = (call: ReceivedCall, context: SendbirdContext) => VendorAnswer;

/** A user who exists and was not deleted. */
export function existing(users: SendbirdUsers, id: string): SandboxUser | null {
  return users.accounts.get(id).deleted === null ? users.population.bySendbirdId(id) : null;
}

/** GET one user. Deactivated users are shown with `is_active` false. */
export const getUser: SendbirdHandler = (call, { users }) => {
  const id = call.params['user_id'] ?? '';
  if (id.length > 80) throw sendbirdError(400305, '"user_id" must be at most 80 characters long.');
  const person = existing(users, id);
  if (!person) throw notFound('User');
  return { status: 200, body: withSecret(users, person) };
};

/** Which users a mode shows. */
const ACTIVE_MODES = new Map<string, (active: boolean) => boolean>([
  ['activated', (active) => active],
  ['deactivated', (active) => !active],
  ['all', () => true],
]);

/** GET users: `active_mode` hides deactivated ones by default; unknown ids are left out. */
export const listUsers: SendbirdHandler = (call, { users }) => {
  const ids = readUserIds(call.rawQuery);
  if (ids && ids.length > 250) {
    throw sendbirdError(400203, '"user_ids" must have at most 250 items.');
  }
  const shows = ACTIVE_MODES.get(call.query.get('active_mode') ?? 'activated');
  if (!shows) throw sendbirdError(400111, 'Invalid value: "active_mode".');
  const limit = readLimit(call.query);
  const { population } = users;
  const total = ids ? ids.length : population.size;
  const idAt = (index: number) => (ids ? ids[index] : population.at(index).sendbirdId) ?? '';
  const page: Record<string, unknown>[] = [];
  let index = readToken(call.query, 'users') ?? 0;
  for (; index < total && page.length < limit; index += 1) {
    const id = idAt(index);
    const person = existing(users, id);
    if (person && shows(users.accounts.get(id).active)) page.push(withSecret(users, person));
  }
  const next = index < total ? makeToken('users', index) : '';
  return { status: 200, body: { users: page, next } };
};

/** The API shows the user's access token: a secret that no client should print. */
function withSecret(users: SendbirdUsers, person: SandboxUser): Record<string, unknown> {
  return {
    ...profile(viewAt(users), person),
    access_token: `sandbox-user-secret-${person.sendbirdId}`,
  };
}
