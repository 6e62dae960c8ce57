import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { ApiAnswer, ApiCall, Heard } from '../../http/exchange.ts';
import { pathSegment, readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import { isTransientStatus } from '../../http/retry.ts';
import type { Secret, SecretSource } from '../../secret.ts';
import type { Ids } from '../batch.ts';
import { type ProviderDeps, createConnection } from '../connection.ts';
import type { Outcome } from '../denial.ts';
import { STREAM, outcomeOf } from './denial.ts';
import type { FeedQuery } from './feed-data.ts';
import { assumed, rateLimit, retryAt } from './rate-limit.ts';
import { ApiError } from './schemas.ts';
import type { FeedDeletion, UserDeletion } from './task.ts';

/** Stream tolerates next to no `iat` in the future (docs/providers/stream.md 1): clocks differ. */
const BACKDATED = 5;
const LIFE = 300;

/** So long a token is used again, s: half of its life is left for a call that waits and clocks that differ. */
const USED = 150;

/**
 * Tokens for calls; one serves all calls of a while. Signs when there is no token that is young
 * enough; `clock` in ms since the epoch.
 */
export function createTokens(clock: { now(): number }) {
  let last: { secret: Secret; at: number; token: Promise<string> } | null = null;
  return {
    tokenFor(secret: Secret): Promise<string> {
      const now = clock.now();
      const age = last === null ? Infinity : now - last.at;
      if (last === null || last.secret !== secret || age < 0 || age >= USED * 1_000) {
        last = { secret, at: now, token: serverToken(secret, now) };
      }
      return last.token;
    },
  };
}

/**
 * A server token: HS256 with the API secret, claim `server`, good for `LIFE` seconds from `now`
 * (ms). An `exp` on a server token is accepted (docs/providers/stream.md, DOC-token).
 */
async function serverToken(secret: Secret, now: number): Promise<string> {
  const seconds = Math.floor(now / 1_000);
  return new SignJWT({ server: true })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(seconds - BACKDATED)
    .setExpirationTime(seconds + LIFE)
    .sign(new TextEncoder().encode(secret.reveal()));
}

/** A Stream app. `origin` has no path and no trailing slash. */
export interface StreamAccount {
  apiKey: string;
  apiSecret: SecretSource;
  origin: string;
}

/** What QueryUsers takes in its `payload`; `limit` is always sent, its default is not known. */
interface UserQuery {
  filter_conditions: { id: { $in: readonly string[] } };
  limit: number;
  include_deactivated_users: boolean;
}

/** What the queries of feed data take; `next` is where the page before said to go on. */
export interface FeedFilter {
  filter: Readonly<Record<string, { $in: readonly string[] }>>;
  limit: number;
  next?: string;
  include_private_activities?: boolean;
  include_expired_activities?: boolean;
  include_soft_deleted_activities?: boolean;
}

/** Stream's API in its own words, docs/providers/stream.md 2; no policy. */
export type StreamClient = ReturnType<typeof createStreamClient>;

/** A client for one app. An operation is named by Stream's own id. */
export function createStreamClient(account: StreamAccount, deps: ProviderDeps, redactor: Redactor) {
  const tokens = createTokens(deps.clock);
  const key = `api_key=${encodeURIComponent(account.apiKey)}`;
  const connection = createConnection(
    {
      names: STREAM,
      account: `stream:${account.apiKey}`,
      origin: account.origin,
      secret: account.apiSecret,
      headers: (secret) => async () => ({
        authorization: await tokens.tokenFor(secret),
        'stream-auth-type': 'jwt',
        'content-type': 'application/json',
        'x-stream-client': deps.agent,
        'x-client-request-id': randomUUID(),
      }),
      assumed: (operation) => assumed(operation, deps.start),
      rateLimit,
      heard,
      outcomeOf,
    },
    deps,
    redactor,
  );

  type Post = Pick<ApiCall, 'body' | 'reads'>;
  const post = (operation: string, path: string, request: Post, signal: AbortSignal) =>
    connection.call(
      operation,
      { method: 'POST', path: `/api/v2${path}?${key}`, ...request },
      signal,
    );
  const get = (
    operation: string,
    path: string,
    query: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Outcome> => {
    const more = Object.keys(query).length === 0 ? '' : `&${new URLSearchParams(query).toString()}`;
    const target = `/api/v2${path}?${key}${more}`;
    return connection.call(operation, { method: 'GET', path: target }, signal);
  };

  return {
    connection,

    /** `POST /api/v2/feeds/users/{user_id}/export`. It has no body. */
    exportFeedUserData: (userId: string, signal: AbortSignal) =>
      post('ExportFeedUserData', `/feeds/users/${pathSegment(userId)}/export`, {}, signal),

    /** `POST /api/v2/export/users`. */
    exportUsers: (userIds: Ids, signal: AbortSignal) =>
      post('ExportUsers', '/export/users', { body: { user_ids: userIds } }, signal),

    /** `POST /api/v2/feeds/users/{user_id}/delete`. Cannot be undone, softly or not. */
    deleteFeedUserData: (userId: string, body: FeedDeletion, signal: AbortSignal) =>
      post('DeleteFeedUserData', `/feeds/users/${pathSegment(userId)}/delete`, { body }, signal),

    /** `POST /api/v2/users/delete`: at most 100. */
    deleteUsers: (userIds: Ids, options: UserDeletion, signal: AbortSignal) =>
      post('DeleteUsers', '/users/delete', { body: { user_ids: userIds, ...options } }, signal),

    /** `POST /api/v2/users/restore`: at most 100. Its answer holds no task. */
    restoreUsers: (userIds: Ids, signal: AbortSignal) =>
      post('RestoreUsers', '/users/restore', { body: { user_ids: userIds } }, signal),

    /** `GET /api/v2/tasks/{id}`. */
    getTask: (id: string, signal: AbortSignal) =>
      get('GetTask', `/tasks/${pathSegment(id)}`, {}, signal),

    /** `GET /api/v2/users`: a GET whose JSON is in the query. */
    queryUsers: (payload: UserQuery, signal: AbortSignal) =>
      get('QueryUsers', '/users', { payload: JSON.stringify(payload) }, signal),

    /** `POST /api/v2/feeds/.../query`: a POST that only reads. */
    queryFeedData: ({ operation, path }: FeedQuery, body: FeedFilter, signal: AbortSignal) =>
      post(operation, path, { body, reads: true }, signal),

    /** `GET /api/v2/rate_limits`, of calls made with a server token; other platforms have their own. */
    getRateLimits: (operations: Ids, signal: AbortSignal) =>
      get('GetRateLimits', '/rate_limits', ofServer(operations), signal),

    /** `GET /api/v2/feeds/feeds/rate_limits`: the same for feeds, twice in the path (OAS). */
    getFeedsRateLimits: (operations: Ids, signal: AbortSignal) =>
      get('GetFeedsRateLimits', '/feeds/feeds/rate_limits', ofServer(operations), signal),
  };
}

function ofServer(operations: Ids): Record<string, string> {
  return { server_side: 'true', endpoints: operations.join(',') };
}

const QUIET: Heard = { transient: false, limited: false, retryAt: null };

/** What an answer of Stream's says about trying again: `unrecoverable` means never. */
function heard(answer: ApiAnswer, now: number): Heard {
  if (!isTransientStatus(answer.status)) return QUIET;
  const body = readJson(answer.text, ApiError);
  const final = body.kind === 'fits' && body.value.unrecoverable === true;
  return { transient: !final, limited: answer.status === 429, retryAt: retryAt(answer, now) };
}
