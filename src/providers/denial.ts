import {
  type ApiAnswer,
  type Exchange,
  type Failure,
  type FailureCode,
  failure,
} from '../http/exchange.ts';
import type { Reading } from '../http/json-answer.ts';
import type { Redactor } from '../http/redaction.ts';
import type { Unreachable } from '../requests/transitions/answers.ts';

/** What a provider and its secret are called. */
export interface Names {
  provider: string;
  secret: string;
}

/** How a call ended. `no_secret`: nothing was sent, there is no secret to send it with. */
export type CallReply = Exchange | { kind: 'no_secret'; reason: string };

/** A call that did not get what it asked for. */
export type Denial =
  | Unreachable
  | { kind: 'unsent' | 'lost'; error: Failure }
  /** The provider does not know what was asked about, by a code that says nothing else. */
  | { kind: 'absent'; error: Failure }
  /** Any other no; `code` is the provider's, `words` as they came, for matching only. */
  | { kind: 'denied'; error: Failure; code: number | null; status: number; words: string };

/** A reply as either an answer with what was asked for, or a denial. */
export type Outcome = { kind: 'ok'; answer: ApiAnswer } | Denial;

/** A denial of a read: whatever kept it from being answered, the provider cannot be asked now. */
export function asUnreachable(denial: Denial): Unreachable {
  const { kind, error } = denial;
  const isOne = kind === 'credentials' || kind === 'limited' || kind === 'unavailable';
  return isOne ? denial : { kind: 'unavailable', error };
}

/** What a call without an answer means, in words that name the provider and its secret. */
export function undelivered(
  reply: Exclude<CallReply, { kind: 'answer' }>,
  { provider, secret }: Names,
  redactor: Redactor,
): { kind: 'credentials' | 'unsent' | 'lost'; error: Failure } {
  switch (reply.kind) {
    case 'no_secret': {
      const message = `the ${provider} ${secret} cannot be read: ${redactor.clean(reply.reason)}`;
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

/** What an error answer means to us; `foreign`: neither an error nor the provider's. */
export type Meaning = 'limited' | 'credentials' | 'unavailable' | 'absent' | 'foreign' | 'denied';

/** An error answer as its provider's adapter has read it. */
export interface DeniedAnswer {
  meaning: Meaning;
  status: number;
  /** The provider's; null: the body is not the provider's. */
  code: number | null;
  /** As they came. */
  words: string;
  retryAt: number | null;
  /** Stands behind the words. */
  hint?: string;
  /** A repetition may succeed all the same. */
  passing?: true;
}

const WORDS: Readonly<Record<Exclude<Meaning, 'foreign'>, readonly [FailureCode, string]>> = {
  limited: ['rate_limited', 'refused the call for its rate limit'],
  credentials: ['credentials', 'refused the credentials'],
  unavailable: ['unavailable', 'has a fault'],
  absent: ['not_found', 'does not know it'],
  denied: ['refused', 'refused the call'],
};

/** The denial that an error answer is. `number` stands in brackets: the status, or what says more. */
export function denialOf(
  refused: DeniedAnswer,
  provider: string,
  number: string,
  redactor: Redactor,
): Denial {
  const { meaning, status, code, words } = refused;
  const error = errorFor(refused, provider, number, redactor);
  switch (meaning) {
    case 'limited':
      return { kind: 'limited', error, retryAt: refused.retryAt };
    case 'credentials':
    case 'unavailable':
    case 'absent':
      return { kind: meaning, error };
    case 'foreign':
      return { kind: 'unavailable', error };
    case 'denied':
      return { kind: 'denied', error, code, status, words };
  }
}

function errorFor(
  { meaning, status, code: providerCode, words, hint = '', passing }: DeniedAnswer,
  provider: string,
  number: string,
  redactor: Redactor,
): Failure {
  const facts = { providerCode, httpStatus: status };
  if (meaning === 'foreign') {
    const message = `what answers at ${provider}'s address is not ${provider}'s API (${status}): is the base URL right?`;
    return failure('unavailable', message, facts);
  }
  const [code, what] = WORDS[meaning];
  const said = redactor.clean(words);
  const message = `${provider} ${what} (${number})${said === '' ? '' : `: ${said}`}${hint}`;
  return failure(code, message, passing ? { ...facts, passing } : facts);
}

/** What a task is that its provider does not know (any more). */
export function forgottenTask({ error }: { error: Failure }) {
  const { message, ...facts } = error;
  const lost = failure('task_lost', message, { ...facts, passing: true });
  return { kind: 'forgotten', error: lost } as const;
}

/** An answer about one task that is of no use: it says nothing about the others. */
export function unreadableTask({ error }: { error: Failure }) {
  return { kind: 'unreadable', error: { ...error, passing: true } } as const;
}

/** What of an answer does not fit, in words. */
export function misfitOf(reading: Exclude<Reading<unknown>, { kind: 'fits' }>): string {
  return reading.kind === 'misfit' ? `the field ${reading.field}` : 'it is not JSON';
}

/** An answer that came with HTTP 200 and is not as agreed. */
export function unreadableAnswer(message: string): Failure {
  return failure('unreadable_answer', message, { httpStatus: 200 });
}
