import type { ApiAnswer, ApiHeaders, Heard } from '../../http/exchange.ts';
import { pathSegment } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import { isTransientStatus } from '../../http/retry.ts';
import type { Secret, SecretSource } from '../../secret.ts';
import type { Fresh } from '../check-all.ts';
import { type ProviderDeps, createConnection } from '../connection.ts';
import type { Outcome } from '../denial.ts';
import { SENDBIRD, outcomeOf } from './denial.ts';
import { assumed, rateLimit, retryAt } from './rate-limit.ts';
import type { Registration } from './registration.ts';
import type { GdprRequest } from './schemas.ts';

/** A Sendbird application. `origin` has no path and no trailing slash. */
export interface SendbirdAccount {
  applicationId: string;
  apiToken: SecretSource;
  origin: string;
}

/** What asking Sendbird, and reading its answers, needs. */
export interface SendbirdDeps {
  client: SendbirdClient;
  redactor: Redactor;
  /** Requests that a check has just seen done, with the link to a file. */
  fresh: Fresh<GdprRequest>;
}

/** Sendbird's Platform API v3 in its own words, docs/providers/sendbird.md; no policy. */
type SendbirdClient = ReturnType<typeof createSendbirdClient>;

/** A client for one application. */
export function createSendbirdClient(
  account: SendbirdAccount,
  deps: ProviderDeps,
  redactor: Redactor,
) {
  const connection = createConnection(
    {
      names: SENDBIRD,
      account: `sendbird:${account.applicationId}`,
      origin: account.origin,
      secret: account.apiToken,
      headers: (secret) => headersOf(secret, deps.agent),
      assumed: () => assumed(deps.start),
      rateLimit,
      heard,
      outcomeOf,
    },
    deps,
    redactor,
  );
  const get = (operation: string, path: string, signal: AbortSignal): Promise<Outcome> =>
    connection.call(operation, { method: 'GET', path: `/v3${path}` }, signal);

  return {
    connection,

    /** Of registrations: an access and a deletion are the same call. */
    registrations: () => connection.limiterOf('registerGdprRequest'),

    /** `POST /v3/privacy/gdpr`. */
    registerGdprRequest: (body: Registration, signal: AbortSignal) =>
      connection.call(
        'registerGdprRequest',
        { method: 'POST', path: '/v3/privacy/gdpr', body },
        signal,
      ),

    /** `GET /v3/privacy/gdpr/{request_id}`. */
    viewGdprRequest: (requestId: string, signal: AbortSignal) =>
      get('viewGdprRequest', `/privacy/gdpr/${pathSegment(requestId)}`, signal),

    /** `GET /v3/privacy/gdpr`: a page of at most 100; `token` null: the first. */
    listGdprRequests: (token: string | null, signal: AbortSignal) =>
      get('listGdprRequests', `/privacy/gdpr?limit=100${page(token)}`, signal),

    /** `DELETE /v3/privacy/gdpr/{request_id}`. Waits for its turn; it has no other rate limiter. */
    async cancelGdprRequest(requestId: string, signal: AbortSignal): Promise<Outcome> {
      const path = `/v3/privacy/gdpr/${pathSegment(requestId)}`;
      await connection.limiterOf('cancelGdprRequest').enter(signal);
      return connection.call('cancelGdprRequest', { method: 'DELETE', path }, signal);
    },

    /** `GET /v3/users/{user_id}`. Its answer holds the user's access_token. */
    getUser: (userId: string, signal: AbortSignal) =>
      get('getUser', `/users/${pathSegment(userId)}`, signal),

    /** `GET /v3/users`, deactivated users included. Ids are joined by commas: none may hold one. */
    listUsers(userIds: readonly string[], token: string | null, signal: AbortSignal) {
      const ids = userIds.map(encodeURIComponent).join(',');
      const query = `user_ids=${ids}&active_mode=all&limit=100${page(token)}`;
      return get('listUsers', `/users?${query}`, signal);
    },
  };
}

function headersOf(secret: Secret, agent: string): string | (() => ApiHeaders) {
  const token = secret.reveal();
  if (!/^[\x21-\x7E]+$/.test(token)) return 'it holds characters that no token has';
  const type = 'application/json; charset=utf8';
  return () => ({ 'api-token': token, 'content-type': type, 'user-agent': agent });
}

/** What an answer of Sendbird's says about trying again. */
function heard(answer: ApiAnswer, now: number): Heard {
  const { status } = answer;
  const limited = status === 429;
  return { transient: isTransientStatus(status), limited, retryAt: retryAt(answer, now) };
}

function page(token: string | null): string {
  return token === null ? '' : `&token=${encodeURIComponent(token)}`;
}
