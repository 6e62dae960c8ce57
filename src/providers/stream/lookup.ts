import { failure } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { Lookup, Presence } from '../../requests/transitions/answers.ts';
import { ABSENT, presenceOf } from '../presence.ts';
import type { StreamClient } from './client.ts';
import { outcomeOf, unreachable } from './denial.ts';
import { type User, Users } from './schemas.ts';

/** QueryUsers answers with at most 100 users (OAS); how long `$in` may be is unconfirmed ([U]). */
const MOST_IDS = 100;
/** The ids stand in the URL, and servers take some 8 KiB of it. */
const MOST_CHARACTERS = 4_000;

/**
 * Which users QueryUsers shows, deactivated ones included. It never shows a deleted one, soft or
 * hard, so an absent id may have been there (docs/providers/stream.md 2.7).
 */
export async function lookUp(
  userIds: readonly string[],
  client: StreamClient,
  redactor: Redactor,
  clock: { now(): number },
  signal: AbortSignal,
): Promise<Lookup> {
  const seen = new Map<string, Presence>();
  for (const ids of chunks([...new Set(userIds)])) {
    const reply = await client.queryUsers(
      {
        filter_conditions: { id: { $in: ids } },
        limit: MOST_IDS,
        include_deactivated_users: true,
      },
      signal,
    );
    const outcome = outcomeOf(reply, redactor, clock.now());
    if (outcome.kind !== 'ok') return unreachable(outcome);
    const reading = readJson(outcome.answer.text, Users);
    if (reading.kind !== 'fits') {
      const what = reading.kind === 'misfit' ? `the field ${reading.field}` : 'it is not JSON';
      const message = `Stream's answer about users does not fit: ${what}`;
      const error = failure('unreadable_answer', message, { httpStatus: 200 });
      return { kind: 'unavailable', error };
    }
    for (const user of reading.value.users) {
      if (ids.includes(user.id)) seen.set(user.id, shown(user, redactor));
    }
  }
  return {
    kind: 'found',
    presence: new Map(userIds.map((id) => [id, seen.get(id) ?? ABSENT])),
  };
}

function shown(user: User, redactor: Redactor): Presence {
  return presenceOf(
    {
      name: user.name ?? null,
      createdAt: user.created_at,
      lastSeenAt: user.last_active,
      deactivated: user.deactivated_at !== null && user.deactivated_at > 0,
    },
    redactor,
  );
}

function chunks(ids: readonly string[]): string[][] {
  const all: string[][] = [];
  let chunk: string[] = [];
  let characters = 0;
  for (const id of ids) {
    const length = encodeURIComponent(JSON.stringify(id)).length + 3;
    if (chunk.length === MOST_IDS || (chunk.length > 0 && characters + length > MOST_CHARACTERS)) {
      all.push(chunk);
      chunk = [];
      characters = 0;
    }
    chunk.push(id);
    characters += length;
  }
  return chunk.length === 0 ? all : [...all, chunk];
}
