import { randomUUID } from 'node:crypto';
import type { ApiCall, Exchange, Manners } from '../../http/exchange.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { Secret, SecretSource } from '../../secret.ts';
import type { ProviderDeps } from '../deps.ts';
import type { RateLimit } from '../provider.ts';
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

/** A call below `/api/v2`; `query` is added to the key. */
type Request = Pick<ApiCall, 'method' | 'body' | 'reads'> & {
  path: string;
  query?: Readonly<Record<string, string>>;
};

/** The way to one app: token, key and pace. An operation is named by Stream's own id. */
export interface StreamConnection {
  admit(operation: string): number | null;
  learn(operation: string, limit: RateLimit): void;
  call: (operation: string, request: Request, signal: AbortSignal) => Promise<Reply>;
}

/** A connection to one app. Every secret it uses is made known to the redactor first. */
export function createStreamConnection(
  account: StreamAccount,
  deps: ProviderDeps,
  redactor: Redactor,
): StreamConnection {
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

  return {
    admit: (operation) => pace.admit(laneOf(operation)),

    learn: (operation, limit) => pace.learn(laneOf(operation), limit),

    async call(operation, { path, query, ...request }, signal) {
      const secret = await readSecret(account.apiSecret);
      if (typeof secret === 'string') return { kind: 'no_secret', reason: secret };
      redactor.hide(secret);
      const url = new URL(`${account.origin}/api/v2${path}`);
      const parameters = { api_key: account.apiKey, ...query };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return http.call(
        { ...request, url, headers: () => headers(secret) },
        manners(operation),
        signal,
      );
    },
  };
}
