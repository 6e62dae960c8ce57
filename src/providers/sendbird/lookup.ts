import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { Lookup, Presence, Sighting } from '../../requests/transitions/answers.ts';
import { chunksOf, notOurs } from '../batch.ts';
import { asUnreachable, unreadableAnswer } from '../denial.ts';
import { ABSENT, lookupOf, presenceOf, sightingOf } from '../presence.ts';
import type { Outgoing } from '../provider.ts';
import type { SendbirdDeps } from './client.ts';
import { User, UserPage } from './schemas.ts';
import { type Listing, readPages } from './search.ts';

/** A deactivated user: some calls refuse it, and the account is there (ERRS). */
const DEACTIVATED = 400300;

type Seen = Listing<readonly [string, Presence]>;

/**
 * Which users Sendbird knows, deactivated ones included. Ids with a comma are asked for alone: the
 * list of ids is joined by commas. A page of the list holds at most 100 users, and a long address is
 * answered with 414 (USERS).
 */
export async function lookUp(
  userIds: readonly string[],
  deps: SendbirdDeps,
  signal: AbortSignal,
): Promise<Lookup> {
  const visible = new Map<string, Presence>();
  const wanted = [...new Set(userIds)];
  const alone = wanted.filter((id) => id.includes(','));
  const others = wanted.filter((id) => !id.includes(','));
  const chunks = chunksOf(others, (id) => encodeURIComponent(id).length + 1);
  for (const ids of [...alone.map((id) => [id]), ...chunks]) {
    const [only] = ids;
    const seen =
      only !== undefined && ids.length === 1
        ? await seeOne(only, deps, signal)
        : await seeMany(ids, deps, signal);
    if (seen.kind !== 'all') return seen;
    for (const [id, presence] of seen.items) visible.set(id, presence);
  }
  return lookupOf(userIds, visible);
}

async function seeOne(id: string, deps: SendbirdDeps, signal: AbortSignal): Promise<Seen> {
  const outcome = await deps.client.getUser(id, signal);
  if (outcome.kind === 'absent') return { kind: 'all', items: [] };
  if (outcome.kind === 'denied' && outcome.code === DEACTIVATED) {
    return { kind: 'all', items: [[id, { ...ABSENT, visible: true, deactivated: true }]] };
  }
  if (outcome.kind !== 'ok') return asUnreachable(outcome);
  const reading = readJson(outcome.answer.text, User);
  if (reading.kind === 'fits' && reading.value.user_id === id) {
    return { kind: 'all', items: [[id, shown(reading.value, deps.redactor)]] };
  }
  const what = reading.kind === 'not_json' ? 'it is not JSON' : 'the field user_id';
  const message = `Sendbird's answer about the user does not fit: ${what}`;
  return { kind: 'unavailable', error: unreadableAnswer(message) };
}

function seeMany(
  ids: readonly string[],
  { client, redactor }: SendbirdDeps,
  signal: AbortSignal,
): Promise<Seen> {
  return readPages(
    UserPage,
    (token) => client.listUsers(ids, token, signal),
    ({ users }) =>
      users
        .filter((user) => ids.includes(user.user_id))
        .map((user) => [user.user_id, shown(user, redactor)] as const),
  );
}

function shown(user: User, redactor: Redactor): Presence {
  return presenceOf(
    {
      name: user.nickname,
      createdAt: user.created_at,
      lastSeenAt: user.last_seen_at,
      deactivated: user.is_active === false,
    },
    redactor,
  );
}

/** Looks for the accounts that a call deletes; of what they wrote there is nothing to ask about. */
export async function look(
  { operation, subjectIds }: Outgoing,
  deps: SendbirdDeps,
  signal: AbortSignal,
): Promise<Sighting> {
  if (operation !== 'delete') throw notOurs(`Sendbird cannot be looked at for ${operation}`);
  return sightingOf(await lookUp(subjectIds, deps, signal));
}
