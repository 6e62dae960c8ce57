import type { ApiCall, Exchange, Manners } from '../../http/exchange.ts';
import { pathSegment } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import { isTransientStatus } from '../../http/retry.ts';
import type { SecretSource } from '../../secret.ts';
import { readSecret } from '../credentials.ts';
import type { ProviderDeps } from '../deps.ts';
import type { OperationLimiter } from '../provider.ts';
import type { Undelivered } from '../undelivered.ts';
import { assumed, rateLimit, retryAt } from './rate-limit.ts';
import type { Registration } from './registration.ts';

/** A Sendbird application. `origin` has no path and no trailing slash. */
export interface SendbirdAccount {
  applicationId: string;
  apiToken: SecretSource;
  origin: string;
}

/** How a call ended. */
export type Reply = Exchange | Undelivered;

/** Sendbird's Platform API v3 in its own words, docs/providers/sendbird.md; no policy. */
export interface SendbirdClient {
  /** Of registrations: an access and a deletion are the same call. */
  readonly registrations: OperationLimiter;
  /** How many calls were made so far. */
  readonly calls: number;
  /** `POST /v3/privacy/gdpr`. */
  registerGdprRequest(registration: Registration, signal: AbortSignal): Promise<Reply>;
  /** `GET /v3/privacy/gdpr/{request_id}`. */
  viewGdprRequest(requestId: string, signal: AbortSignal): Promise<Reply>;
  /** `GET /v3/privacy/gdpr`: a page of at most 100; `token` null: the first. */
  listGdprRequests(token: string | null, signal: AbortSignal): Promise<Reply>;
  /** `DELETE /v3/privacy/gdpr/{request_id}`. Waits for its turn; it has no other rateLimiter. */
  cancelGdprRequest(requestId: string, signal: AbortSignal): Promise<Reply>;
  /** `GET /v3/users/{user_id}`. Its answer holds the user's access_token. */
  getUser(userId: string, signal: AbortSignal): Promise<Reply>;
  /** `GET /v3/users`, deactivated users included. Ids are joined by commas: none may hold one. */
  listUsers(userIds: readonly string[], token: string | null, signal: AbortSignal): Promise<Reply>;
}

/** A client for one application. Every token it uses is made known to the redactor first. */
export function createSendbirdClient(
  account: SendbirdAccount,
  deps: ProviderDeps,
  redactor: Redactor,
): SendbirdClient {
  const { http, rateLimiter, clock } = deps;
  const routes = new Map<string, { limiter: OperationLimiter; manners: Manners }>();
  let calls = 0;

  const routeOf = (operation: string): { limiter: OperationLimiter; manners: Manners } => {
    const known = routes.get(operation);
    if (known !== undefined) return known;
    const name = `sendbird:${account.applicationId}:${operation}`;
    const limiter = rateLimiter.limiter(name, assumed(deps.start));
    const manners: Manners = {
      enter: (signal) => limiter.enter(signal),
      tried() {
        calls += 1;
      },
      hear(answer) {
        const now = clock.now();
        const limit = rateLimit(answer, now);
        const told = retryAt(answer, now);
        const limited = answer.status === 429;
        if (limited) limiter.refused(limit, told);
        else if (limit !== null) limiter.learn(limit);
        return { transient: isTransientStatus(answer.status), limited, retryAt: told };
      },
    };
    const route = { limiter, manners };
    routes.set(operation, route);
    return route;
  };

  const call = async (
    operation: string,
    { path, ...request }: Pick<ApiCall, 'method' | 'body' | 'path'>,
    signal: AbortSignal,
  ): Promise<Reply> => {
    const secret = await readSecret(account.apiToken);
    if (typeof secret === 'string') return { kind: 'no_secret', reason: secret };
    redactor.hide(secret);
    const token = secret.reveal();
    if (!/^[\x21-\x7E]+$/.test(token)) {
      return { kind: 'no_secret', reason: 'it holds characters that no token has' };
    }
    const headers = {
      'api-token': token,
      'content-type': 'application/json; charset=utf8',
      'user-agent': deps.agent,
    };
    const target = { origin: account.origin, path: `/v3${path}`, headers: () => headers };
    return http.call({ ...request, ...target }, routeOf(operation).manners, signal);
  };

  return {
    get registrations() {
      return routeOf('registerGdprRequest').limiter;
    },
    get calls() {
      return calls;
    },
    registerGdprRequest: (body, signal) =>
      call('registerGdprRequest', { method: 'POST', path: '/privacy/gdpr', body }, signal),
    viewGdprRequest: (requestId, signal) =>
      call(
        'viewGdprRequest',
        { method: 'GET', path: `/privacy/gdpr/${pathSegment(requestId)}` },
        signal,
      ),
    listGdprRequests: (token, signal) =>
      call(
        'listGdprRequests',
        { method: 'GET', path: `/privacy/gdpr?limit=100${page(token)}` },
        signal,
      ),
    async cancelGdprRequest(requestId, signal) {
      const path = `/privacy/gdpr/${pathSegment(requestId)}`;
      await routeOf('cancelGdprRequest').limiter.enter(signal);
      return call('cancelGdprRequest', { method: 'DELETE', path }, signal);
    },
    getUser: (userId, signal) =>
      call('getUser', { method: 'GET', path: `/users/${pathSegment(userId)}` }, signal),
    listUsers: (userIds, token, signal) => {
      const ids = userIds.map(encodeURIComponent).join(',');
      const query = `user_ids=${ids}&active_mode=all&limit=100${page(token)}`;
      return call('listUsers', { method: 'GET', path: `/users?${query}` }, signal);
    },
  };
}

function page(token: string | null): string {
  return token === null ? '' : `&token=${encodeURIComponent(token)}`;
}
