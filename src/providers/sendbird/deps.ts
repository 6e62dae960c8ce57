import type { Redactor } from '../../http/redaction.ts';
import type { Fresh } from '../fresh.ts';
import type { SendbirdClient } from './client.ts';
import type { GdprRequest } from './schemas.ts';

/** What asking Sendbird, and reading its answers, needs. */
export interface SendbirdDeps {
  client: SendbirdClient;
  redactor: Redactor;
  /** Requests that a check has just seen done, with the link to a file. */
  fresh: Fresh<GdprRequest>;
  /** Milliseconds since the epoch. */
  clock: { now(): number };
}
