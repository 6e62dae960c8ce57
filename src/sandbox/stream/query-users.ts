import { z } from 'zod';
import type { StreamState, StreamUsers } from '../population/accounts.ts';
import type { SandboxUser } from '../population/people.ts';
import { badInput, check } from './errors.ts';
import { type StreamHandler, noneOf, userResponse, visible, zero } from './users.ts';

const id = z.string();
const ids = z.array(id);
const operators = z
  .strictObject({
    $eq: id,
    $ne: id,
    $in: ids,
    $nin: ids,
    $gt: id,
    $gte: id,
    $lt: id,
    $lte: id,
    $exists: z.boolean(),
    $autocomplete: id,
  })
  .partial();

/** Only `id` can be filtered here; the fields Stream has no filter for are refused alike. */
const payloadSchema = z.object({
  filter_conditions: z.strictObject({ id: z.union([id, operators]).optional() }),
  sort: z
    .array(
      z.object({
        field: z.enum(['id', 'created_at', 'name']).optional(),
        direction: z.literal([1, -1]).optional(),
      }),
    )
    .max(5)
    .nullish(),
  limit: z.int().min(0).max(100).nullish(),
  offset: z.int().min(0).max(1000).nullish(),
  presence: z.boolean().nullish(),
  include_deactivated_users: z.boolean().nullish(),
});

type Operators = z.infer<typeof operators>;
type Sort = z.infer<typeof payloadSchema>['sort'];

/** [U] the default of `limit`. */
const DEFAULT_LIMIT = 30;

/**
 * QueryUsers: a GET whose JSON stands in `payload`. Deleted users are never returned,
 * deactivated ones only on request. [U] no bound on the length of `$in`; `limit` bounds the
 * answer.
 */
export const queryUsers: StreamHandler = (call, { users }) => {
  const payload = check(call.operation, parse(call.query.get('payload')), payloadSchema);
  const condition = payload.filter_conditions.id ?? {};
  const wanted = typeof condition === 'string' ? { $eq: condition } : condition;
  const deactivatedToo = payload.include_deactivated_users === true;
  const from = payload.offset ?? 0;
  const to = from + (payload.limit ?? DEFAULT_LIMIT);

  const rows: unknown[] = [];
  let place = 0;
  for (const person of candidates(users, wanted, payload.sort)) {
    if (place >= to) break;
    const account = users.accounts.get(person.streamId);
    if (!matches(person.streamId, wanted) || !visible(users, person.streamId)) continue;
    if (account.deactivatedAt !== null && !deactivatedToo) continue;
    if (place >= from) rows.push(row(person, account));
    place += 1;
  }
  return { status: 200, body: { users: rows } };
};

/** The listed people in the order asked for, or everyone in the order of the population. */
function candidates(users: StreamUsers, wanted: Operators, sort: Sort): Iterable<SandboxUser> {
  const listed = wanted.$in ?? (wanted.$eq === undefined ? null : [wanted.$eq]);
  if (!listed) return everyone(users);
  const people = [...new Set(listed)].flatMap((one) => users.population.byStreamId(one) ?? []);
  return sorted(people, sort);
}

function parse(payload: string | null): unknown {
  try {
    return JSON.parse(payload ?? '');
  } catch {
    throw badInput('queryUsers', 'payload is not valid JSON', 'payload');
  }
}

function* everyone(users: StreamUsers): Generator<SandboxUser> {
  for (let index = 0; index < users.population.size; index += 1) yield users.population.at(index);
}

function sorted(list: SandboxUser[], sort: Sort): SandboxUser[] {
  const [by] = sort ?? [];
  const key = (person: SandboxUser) =>
    by?.field === 'id' ? person.streamId : by?.field === 'name' ? person.name : person.createdAt;
  const direction = by?.direction ?? 1;
  return list.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) * direction);
}

function matches(one: string, wanted: Operators): boolean {
  return [
    wanted.$eq === undefined || one === wanted.$eq,
    wanted.$ne === undefined || one !== wanted.$ne,
    wanted.$in === undefined || wanted.$in.includes(one),
    wanted.$nin === undefined || !wanted.$nin.includes(one),
    wanted.$gt === undefined || one > wanted.$gt,
    wanted.$gte === undefined || one >= wanted.$gte,
    wanted.$lt === undefined || one < wanted.$lt,
    wanted.$lte === undefined || one <= wanted.$lte,
    wanted.$exists !== false,
    wanted.$autocomplete === undefined || one.startsWith(wanted.$autocomplete),
  ].every(Boolean);
}

/** OAS FullUserResponse. */
function row(person: SandboxUser, account: StreamState): Record<string, unknown> {
  return {
    ...userResponse(person, account),
    ...noneOf('channel_mutes devices mutes'),
    ...zero('total_unread_count unread_channels unread_count unread_threads'),
  };
}
