import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { Lookup, Presence, Sighting } from '../../requests/transitions/answers.ts';
import { chunksOf, notOurs } from '../batch.ts';
import { asUnreachable, misfitOf, unreadableAnswer } from '../denial.ts';
import { lookupOf, presenceOf, sightingOf } from '../presence.ts';
import type { Outgoing } from '../provider.ts';
import type { StreamClient } from './client.ts';
import { lookForFeeds } from './feed-data.ts';
import { type User, Users } from './schemas.ts';
import { isHard } from './task.ts';

/** QueryUsers answers with at most 100 users (OAS); how long `$in` may be is unconfirmed ([U]). */
const MOST = 100;

/**
 * Which users QueryUsers shows, deactivated ones included. It never shows a deleted one, soft or
 * hard, so an absent id may have been there (docs/providers/stream.md 2.7).
 */
export async function lookUp(
  userIds: readonly string[],
  client: StreamClient,
  redactor: Redactor,
  signal: AbortSignal,
): Promise<Lookup> {
  const seen = new Map<string, Presence>();
  for (const ids of chunksOf(new Set(userIds), lengthOf)) {
    const outcome = await client.queryUsers(
      { filter_conditions: { id: { $in: ids } }, limit: MOST, include_deactivated_users: true },
      signal,
    );
    if (outcome.kind !== 'ok') return asUnreachable(outcome);
    const reading = readJson(outcome.answer.text, Users);
    if (reading.kind !== 'fits') {
      const message = `Stream's answer about users does not fit: ${misfitOf(reading)}`;
      return { kind: 'unavailable', error: unreadableAnswer(message) };
    }
    for (const user of reading.value.users) {
      if (ids.includes(user.id)) seen.set(user.id, shown(user, redactor));
    }
  }
  return lookupOf(userIds, seen);
}

/**
 * Looks for what a call deletes or brings back. A hard deletion of feed data must leave nothing,
 * and so it looks for what is only hidden as well.
 */
export async function look(
  call: Outgoing,
  client: StreamClient,
  redactor: Redactor,
  signal: AbortSignal,
): Promise<Sighting> {
  const { operation, subjectIds } = call;
  if (operation === 'delete_feeds') return lookForFeeds(subjectIds, isHard(call), client, signal);
  if (operation !== 'delete_users' && operation !== 'restore_users') {
    throw notOurs(`Stream cannot be looked at for ${operation}`);
  }
  return sightingOf(await lookUp(subjectIds, client, redactor, signal));
}

function lengthOf(id: string): number {
  return encodeURIComponent(JSON.stringify(id)).length + 3;
}

function shown(user: User, redactor: Redactor): Presence {
  return presenceOf(
    {
      name: user.name,
      createdAt: user.created_at,
      lastSeenAt: user.last_active,
      deactivated: user.deactivated_at !== null && user.deactivated_at > 0,
    },
    redactor,
  );
}
