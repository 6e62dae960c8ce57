import { randomUUID } from 'node:crypto';
import type { ApiCall, ApiHeaders, Exchange, Manners } from '../../http/exchange.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { SecretSource } from '../../secret.ts';
import type { ProviderDeps } from '../deps.ts';
import type { Lane } from '../provider.ts';
import { readSecret } from '../read-secret.ts';
import type { Undelivered } from '../undelivered.ts';
import { heard } from './hearing.ts';
import { assumed, rateLimit } from './rate-limit.ts';
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

/** The way to one app: token, key and pace. An operation is named by Stream's own id. */
export interface StreamConnection {
  laneOf(operation: string): Lane;
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
  const { http, pace, clock, agent } = deps;
  const tokens = createTokens(clock);
  const routes = new Map<string, { lane: Lane; manners: Manners }>();
  const key = `api_key=${encodeURIComponent(account.apiKey)}`;
  let calls = 0;

  const routeOf = (operation: string): { lane: Lane; manners: Manners } => {
    const known = routes.get(operation);
    if (known !== undefined) return known;
    const lane = pace.lane(`stream:${account.apiKey}:${operation}`, assumed(operation, deps.start));
    const manners: Manners = {
      enter: (signal) => lane.enter(signal),
      tried() {
        calls += 1;
      },
      hear(answer) {
        const now = clock.now();
        const means = heard(answer, now);
        const limit = rateLimit(answer, now);
        if (means.limited) lane.refused(limit, means.retryAt);
        else if (limit !== null) lane.learn(limit);
        return means;
      },
    };
    const route = { lane, manners };
    routes.set(operation, route);
    return route;
  };

  return {
    laneOf: (operation) => routeOf(operation).lane,

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
