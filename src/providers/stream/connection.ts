import { randomUUID } from 'node:crypto';
import type {
  ApiAnswer,
  ApiCall,
  ApiHeaders,
  Exchange,
  Heard,
  Manners,
} from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import { isTransientStatus } from '../../http/retry.ts';
import type { SecretSource } from '../../secret.ts';
import { readSecret } from '../credentials.ts';
import type { ProviderDeps } from '../deps.ts';
import type { OperationLimiter } from '../provider.ts';
import type { Undelivered } from '../undelivered.ts';
import { assumed, rateLimit, retryAt } from './rate-limit.ts';
import { ApiError } from './schemas.ts';
import { createTokens } from './token.ts';

/** A Stream app. `origin` has no path and no trailing slash. */
export interface StreamAccount {
  apiKey: string;
  apiSecret: SecretSource;
  origin: string;
}

/** How a call ended. */
export type Reply = Exchange | Undelivered;

/** A call below `/api/v2`; `query` is added to the key. */
type Request = Pick<ApiCall, 'method' | 'body' | 'reads'> & {
  path: string;
  query?: Readonly<Record<string, string>>;
};

/** The way to one app: token, key and rateLimiter. An operation is named by Stream's own id. */
export interface StreamConnection {
  laneOf(operation: string): OperationLimiter;
  /** How many were made so far. */
  readonly calls: number;
  call: (operation: string, request: Request, signal: AbortSignal) => Promise<Reply>;
}

/** A connection to one app. Every secret it uses is made known to the redactor first. */
export function createStreamConnection(
  account: StreamAccount,
  deps: ProviderDeps,
  redactor: Redactor,
): StreamConnection {
  const { http, rateLimiter, clock, agent } = deps;
  const tokens = createTokens(clock);
  const routes = new Map<string, { limiter: OperationLimiter; manners: Manners }>();
  const key = `api_key=${encodeURIComponent(account.apiKey)}`;
  let calls = 0;

  const routeOf = (operation: string): { limiter: OperationLimiter; manners: Manners } => {
    const known = routes.get(operation);
    if (known !== undefined) return known;
    const limiter = rateLimiter.limiter(
      `stream:${account.apiKey}:${operation}`,
      assumed(operation, deps.start),
    );
    const manners: Manners = {
      enter: (signal) => limiter.enter(signal),
      tried() {
        calls += 1;
      },
      hear(answer) {
        const now = clock.now();
        const means = heard(answer, now);
        const limit = rateLimit(answer, now);
        if (means.limited) limiter.refused(limit, means.retryAt);
        else if (limit !== null) limiter.learn(limit);
        return means;
      },
    };
    const route = { limiter, manners };
    routes.set(operation, route);
    return route;
  };

  return {
    laneOf: (operation) => routeOf(operation).limiter,

    get calls() {
      return calls;
    },

    async call(operation, { path, query, ...request }, signal) {
      const secret = await readSecret(account.apiSecret);
      if (typeof secret === 'string') return { kind: 'no_secret', reason: secret };
      redactor.hide(secret);
      const headers = async (): Promise<ApiHeaders> => ({
        authorization: await tokens.tokenFor(secret),
        'stream-auth-type': 'jwt',
        'content-type': 'application/json',
        'x-stream-client': agent,
        'x-client-request-id': randomUUID(),
      });
      const more = query === undefined ? '' : `&${new URLSearchParams(query).toString()}`;
      const target = { origin: account.origin, path: `/api/v2${path}?${key}${more}` };
      return http.call({ ...request, ...target, headers }, routeOf(operation).manners, signal);
    },
  };
}

const QUIET: Heard = { transient: false, limited: false, retryAt: null };

/** What an answer of Stream's says about trying again: `unrecoverable` means never. */
function heard(answer: ApiAnswer, now: number): Heard {
  if (!isTransientStatus(answer.status)) return QUIET;
  const body = readJson(answer.text, ApiError);
  const final = body.kind === 'fits' && body.value.unrecoverable === true;
  return { transient: !final, limited: answer.status === 429, retryAt: retryAt(answer, now) };
}
