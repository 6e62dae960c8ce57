import { GdprError } from '../errors.ts';
import {
  type ApiAnswer,
  type ApiCall,
  type Heard,
  type Manners,
  failure,
} from '../http/exchange.ts';
import type { Http } from '../http/http.ts';
import type { Redactor } from '../http/redaction.ts';
import type { StepError } from '../requests/request.ts';
import { Secret, type SecretSource } from '../secret.ts';
import { type CallReply, type Names, type Outcome, undelivered } from './denial.ts';
import type {
  AssumedLimit,
  Collection,
  OperationLimiter,
  RateLimit,
  RateLimiter,
} from './provider.ts';

/** What calls to a provider need. `agent` is `<name>-<version>`, told to it on each call. */
export interface ProviderDeps {
  http: Http;
  rateLimiter: RateLimiter;
  /** Milliseconds since the epoch. */
  clock: { now(): number };
  agent: string;
  /** Calls a window of the provider's (Stream: a minute, Sendbird: a second) before it has told its limit. */
  start: number;
}

/** What is a provider's own in how it is spoken to and understood. */
export interface ApiDialect {
  names: Names;
  /** Names the account in the limiters of its operations. */
  account: string;
  origin: string;
  secret: SecretSource;
  /** The headers of a call, made for each try; a text: why the secret is of no use. */
  headers(secret: Secret): ApiCall['headers'] | string;
  assumed(operation: string): AssumedLimit;
  rateLimit(answer: ApiAnswer, now: number): RateLimit | null;
  /** What an answer says about trying again. */
  heard(answer: ApiAnswer, now: number): Heard;
  /** What an answer means. */
  outcomeOf(answer: ApiAnswer, redactor: Redactor, now: number): Outcome;
}

/** The way to one account. Every secret it uses is made known to the redactor first. */
export type ApiConnection = ReturnType<typeof createConnection>;

/** A connection that speaks this dialect. */
export function createConnection(dialect: ApiDialect, deps: ProviderDeps, redactor: Redactor) {
  const { http, rateLimiter, clock } = deps;
  const { names, origin } = dialect;
  const routes = new Map<string, { limiter: OperationLimiter; manners: Manners }>();
  let calls = 0;

  const routeOf = (operation: string): { limiter: OperationLimiter; manners: Manners } => {
    const known = routes.get(operation);
    if (known !== undefined) return known;
    const limiter = rateLimiter.limiter(
      `${dialect.account}:${operation}`,
      dialect.assumed(operation),
    );
    const manners: Manners = {
      enter: (signal) => limiter.enter(signal),
      tried() {
        calls += 1;
      },
      hear(answer) {
        const now = clock.now();
        const means = dialect.heard(answer, now);
        const limit = dialect.rateLimit(answer, now);
        if (means.limited) limiter.refused(limit, means.retryAt);
        else if (limit !== null) limiter.learn(limit);
        return means;
      },
    };
    const route = { limiter, manners };
    routes.set(operation, route);
    return route;
  };

  const exchange = async (
    operation: string,
    request: Pick<ApiCall, 'method' | 'path' | 'body' | 'reads'>,
    signal: AbortSignal,
  ): Promise<CallReply> => {
    const secret = await readSecret(dialect.secret);
    if (typeof secret === 'string') return { kind: 'no_secret', reason: secret };
    redactor.hide(secret);
    const headers = dialect.headers(secret);
    if (typeof headers === 'string') return { kind: 'no_secret', reason: headers };
    return http.call({ ...request, origin, headers }, routeOf(operation).manners, signal);
  };

  return {
    limiterOf: (operation: string): OperationLimiter => routeOf(operation).limiter,

    /** How many calls were made so far. */
    get calls() {
      return calls;
    },

    /** Resolves the secret; null once it is there, else why it is not. */
    async unlock(): Promise<StepError | null> {
      const secret = await readSecret(dialect.secret);
      if (typeof secret !== 'string') return null;
      return undelivered({ kind: 'no_secret', reason: secret }, names, redactor).error;
    },

    /** Makes a call of an operation, by the provider's own name of it. */
    async call(...call: Parameters<typeof exchange>): Promise<Outcome> {
      const reply = await exchange(...call);
      return reply.kind === 'answer'
        ? dialect.outcomeOf(reply.answer, redactor, clock.now())
        : undelivered(reply, names, redactor);
    },

    /** The file behind a signed link. */
    file(link: string, expiresAt: number | null): Collection {
      const source = { link: new Secret(link), provider: names.provider, origin };
      const open = (signal: AbortSignal) => http.openDownload(source, signal);
      return { kind: 'file', download: { open, expiresAt } };
    },
  };
}

/** What there is to fetch where a task that is done came without a link. */
export function noLink(message: string): Collection {
  return { kind: 'no_link', error: failure('no_link', message, { httpStatus: 200 }) };
}

/** The secret of a provider, or in words why there is none. */
async function readSecret(source: SecretSource): Promise<Secret | string> {
  try {
    const secret = await source.read();
    return secret.reveal() === '' ? 'it is empty' : secret;
  } catch (thrown) {
    return thrown instanceof GdprError ? thrown.message : 'it could not be read';
  }
}
