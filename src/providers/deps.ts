import type { Http } from '../http/http.ts';
import type { Pace } from './provider.ts';

/** What calls to a provider need. `agent` is `<name>-<version>`, told to it on each call. */
export interface ProviderDeps {
  http: Http;
  pace: Pace;
  /** Milliseconds since the epoch. */
  clock: { now(): number };
  agent: string;
  /** Calls a window of the provider's (Stream: a minute, Sendbird: a second) before it has told its limit. */
  start: number;
}
