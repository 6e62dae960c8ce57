import { failure } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import type {
  Lookup,
  Presence,
  Sighting,
  Unreachable,
} from '../../requests/transitions/answers.ts';
import { notOurs } from '../not-ours.ts';
import { ABSENT, presenceOf, visibleIn } from '../presence.ts';
import type { Outgoing } from '../provider.ts';
import { outcomeOf, unreachable } from './denial.ts';
import type { SendbirdDeps } from './deps.ts';
import { User, UserPage } from './schemas.ts';
import { readPages } from './search.ts';

/** A page of the list holds at most 100 users (USERS). */
const MOST_IDS = 100;
/** The ids stand in the URL; a long one is answered with 414 (USERS). */
const MOST_CHARACTERS = 4_000;

/** A deactivated user: some calls refuse it, and the account is there (ERRS). */
const DEACTIVATED = 400300;

type Seen = { kind: 'seen'; users: readonly (readonly [string, Presence])[] } | Unreachable;

/**
 * Which users Sendbird knows, deactivated ones included. Ids with a comma are asked for alone: the
 * list of ids is joined by commas.
 */
export async function lookUp(
  userIds: readonly string[],
  deps: SendbirdDeps,
  signal: AbortSignal,
): Promise<Lookup> {
  const visible = new Map<string, Presence>();
  for (const ids of chunks([...new Set(userIds)])) {
    const [only, ...others] = ids;
    const seen =
      only !== undefined && others.length === 0
        ? await seeOne(only, deps, signal)
        : await seeMany(ids, deps, signal);
    if (seen.kind !== 'seen') return seen;
    for (const [id, presence] of seen.users) visible.set(id, presence);
  }
  return {
    kind: 'found',
    presence: new Map(userIds.map((id) => [id, visible.get(id) ?? ABSENT])),
  };
}

async function seeOne(id: string, deps: SendbirdDeps, signal: AbortSignal): Promise<Seen> {
  const reply = await deps.client.getUser(id, signal);
  const outcome = outcomeOf(reply, deps.redactor, deps.clock.now());
  if (outcome.kind === 'absent') return { kind: 'seen', users: [] };
  if (outcome.kind === 'denied' && outcome.code === DEACTIVATED) {
    return { kind: 'seen', users: [[id, { ...ABSENT, visible: true, deactivated: true }]] };
  }
  if (outcome.kind !== 'ok') return unreachable(outcome);
  const reading = readJson(outcome.answer.text, User);
  if (reading.kind === 'fits' && reading.value.user_id === id) {
    return { kind: 'seen', users: [[id, shown(reading.value, deps.redactor)]] };
  }
  const what = reading.kind === 'not_json' ? 'it is not JSON' : 'the field user_id';
  const message = `Sendbird's answer about the user does not fit: ${what}`;
  const error = failure('unreadable_answer', message, { httpStatus: 200 });
  return { kind: 'unavailable', error };
}

async function seeMany(
  ids: readonly string[],
  { client, redactor, clock }: SendbirdDeps,
  signal: AbortSignal,
): Promise<Seen> {
  const listing = await readPages(
    UserPage,
    async (token) => outcomeOf(await client.listUsers(ids, token, signal), redactor, clock.now()),
    ({ users }) =>
      users
        .filter((user) => ids.includes(user.user_id))
        .map((user) => [user.user_id, shown(user, redactor)] as const),
  );
  return listing.kind === 'all' ? { kind: 'seen', users: listing.items } : listing;
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

function chunks(ids: readonly string[]): string[][] {
  const alone = ids.filter((id) => id.includes(',')).map((id) => [id]);
  const all: string[][] = [];
  let chunk: string[] = [];
  let characters = 0;
  for (const id of ids.filter((each) => !each.includes(','))) {
    const length = encodeURIComponent(id).length + 1;
    if (chunk.length === MOST_IDS || (chunk.length > 0 && characters + length > MOST_CHARACTERS)) {
      all.push(chunk);
      chunk = [];
      characters = 0;
    }
    chunk.push(id);
    characters += length;
  }
  return [...alone, ...(chunk.length === 0 ? all : [...all, chunk])];
}

/** Looks for the accounts that a call deletes; of what they wrote there is nothing to ask about. */
export async function look(
  { operation, subjectIds }: Outgoing,
  deps: SendbirdDeps,
  signal: AbortSignal,
): Promise<Sighting> {
  if (operation !== 'delete') throw notOurs(`Sendbird cannot be looked at for ${operation}`);
  const found = await lookUp(subjectIds, deps, signal);
  return found.kind === 'found' ? { kind: 'looked', visible: visibleIn(found.presence) } : found;
}
