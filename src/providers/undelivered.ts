import { type Exchange, type Failure, failure } from '../http/exchange.ts';
import type { Redactor } from '../http/redaction.ts';

/** A call that got no answer. `no_secret`: nothing was sent, the secret cannot be had. */
export type Undelivered =
  | Exclude<Exchange, { kind: 'answer' }>
  | { kind: 'no_secret'; reason: string };

/** What a call without an answer means, in words that name the provider and what its secret is called. */
export function undelivered(
  reply: Undelivered,
  { provider, secret }: { provider: string; secret: string },
  redactor: Redactor,
): { kind: 'credentials' | 'unsent' | 'lost'; error: Failure } {
  switch (reply.kind) {
    case 'no_secret': {
      const message = `the ${provider} ${secret} cannot be had: ${redactor.clean(reply.reason)}`;
      return { kind: 'credentials', error: failure('credentials', message) };
    }
    case 'unsent': {
      const message = `no connection to ${provider}: ${reply.reason}`;
      return { kind: 'unsent', error: failure('no_connection', message) };
    }
    case 'stopped': {
      const message = `stopped before the call to ${provider} was through`;
      return { kind: 'unsent', error: failure('stopped', message) };
    }
    case 'lost': {
      const message = `the answer from ${provider} is lost: ${reply.reason}`;
      return { kind: 'lost', error: failure('answer_lost', message) };
    }
  }
}
