import type { Http } from '../http/http.ts';
import type { RateLimiter } from './provider.ts';

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
