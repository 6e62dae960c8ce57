import { randomUUID } from 'node:crypto';
import type { ApiCall, Exchange, Manners } from '../../http/exchange.ts';
import { pathSegment } from '../../http/path-segment.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { Secret, SecretSource } from '../../secret.ts';
import type { ProviderDeps } from '../deps.ts';
import { readSecret } from '../read-secret.ts';
import type { Undelivered } from '../undelivered.ts';
import { heard } from './hearing.ts';
import { rateLimit } from './rate-limit.ts';
import { serverToken } from './token.ts';

/** A Stream app. `origin` has no path and no trailing slash. */
export interface StreamAccount {
  apiKey: string;
  apiSecret: SecretSource;
  origin: string;
}

/** How a call ended. */
export type Reply = Exchange | Undelivered;

/** What QueryUsers takes in its `payload`; `limit` is always sent, its default is not known. */
interface UserQuery {
  filter_conditions: { id: { $in: readonly string[] } };
  limit: number;
  include_deactivated_users: boolean;
}

/** Stream's API in its own words, api/stream.md section 2; no policy. */
export interface StreamClient {
  /** As `Provider.admit`, by Stream's own id of an operation. */
  admit(operation: 'ExportFeedUserData' | 'ExportUsers'): number | null;
  /** `POST /api/v2/feeds/users/{user_id}/export`. It has no body. */
  exportFeedUserData(userId: string, signal: AbortSignal): Promise<Reply>;
  /** `POST /api/v2/export/users`. */
  exportUsers(userIds: readonly string[], signal: AbortSignal): Promise<Reply>;
  /** `GET /api/v2/tasks/{id}`. */
  getTask(id: string, signal: AbortSignal): Promise<Reply>;
  /** `GET /api/v2/users`: a GET whose JSON is in the query. */
  queryUsers(payload: UserQuery, signal: AbortSignal): Promise<Reply>;
}

type Request = Pick<ApiCall, 'method' | 'body'> & { path: string; payload?: UserQuery };

/** A client for one app. Every secret it uses is made known to the redactor first. */
export function createStreamClient(
  account: StreamAccount,
  deps: ProviderDeps,
  redactor: Redactor,
): StreamClient {
  const { http, pace, clock } = deps;

  const headers = async (secret: Secret): Promise<Record<string, string>> => ({
    authorization: await serverToken(secret, clock.now()),
    'stream-auth-type': 'jwt',
    'content-type': 'application/json',
    'x-stream-client': deps.agent,
    'x-client-request-id': randomUUID(),
  });

  const laneOf = (operation: string): string => `stream:${account.apiKey}:${operation}`;

  const manners = (operation: string): Manners => {
    const lane = laneOf(operation);
    return {
      enter: (signal) => pace.enter(lane, signal),
      hear(answer) {
        const now = clock.now();
        const means = heard(answer, now);
        const limit = rateLimit(answer, now);
        if (answer.status === 429) pace.hold(lane, means.retryAt ?? now);
        else if (limit !== null) pace.learn(lane, limit);
        return means;
      },
    };
  };

  const call = async (
    operation: string,
    { path, payload, ...request }: Request,
    signal: AbortSignal,
  ): Promise<Reply> => {
    const secret = await readSecret(account.apiSecret);
    if (typeof secret === 'string') return { kind: 'no_secret', reason: secret };
    redactor.hide(secret);
    const url = new URL(`${account.origin}/api/v2${path}`);
    url.searchParams.set('api_key', account.apiKey);
    if (payload !== undefined) url.searchParams.set('payload', JSON.stringify(payload));
    return http.call(
      { ...request, url, headers: () => headers(secret) },
      manners(operation),
      signal,
    );
  };

  return {
    admit: (operation) => pace.admit(laneOf(operation)),
    exportFeedUserData: (userId, signal) =>
      call(
        'ExportFeedUserData',
        { method: 'POST', path: `/feeds/users/${pathSegment(userId)}/export` },
        signal,
      ),
    exportUsers: (userIds, signal) =>
      call(
        'ExportUsers',
        { method: 'POST', path: '/export/users', body: { user_ids: userIds } },
        signal,
      ),
    getTask: (id, signal) =>
      call('GetTask', { method: 'GET', path: `/tasks/${pathSegment(id)}` }, signal),
    queryUsers: (payload, signal) =>
      call('QueryUsers', { method: 'GET', path: '/users', payload }, signal),
  };
}
