import type { Redactor } from '../../http/redaction.ts';
import type { SendbirdClient } from './client.ts';

/** What asking Sendbird, and reading its answers, needs. */
export interface SendbirdDeps {
  client: SendbirdClient;
  redactor: Redactor;
  /** Milliseconds since the epoch. */
  clock: { now(): number };
}
