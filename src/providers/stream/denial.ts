import { type ApiAnswer, type Failure, type FailureCode, failure } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { Unreachable } from '../../requests/transitions/answers.ts';
import { undelivered } from '../undelivered.ts';
import type { Reply } from './connection.ts';
import { retryAt } from './rate-limit.ts';
import { ApiError } from './schemas.ts';

/** A call that did not get what it asked for. `code` is Stream's, where the answer has one. */
export type Denial =
  | Unreachable
  | { kind: 'unsent' | 'lost'; error: Failure }
  /** A 4xx in Stream's own words; `words` as they came, for matching only. */
  | { kind: 'denied'; error: Failure; code: number | null; status: number; words: string };

/** A reply as either a 2xx answer or a denial. */
export type Outcome = { kind: 'ok'; answer: ApiAnswer } | Denial;

/** What this provider and its secret are called. */
export const STREAM = { provider: 'Stream', secret: 'API secret' };

const INPUT = 4;
const NOT_FOUND = 16;
/** Expired, not valid yet, dated wrongly: the token's times (docs/providers/stream.md 5). */
const TOKEN_TIMES: ReadonlySet<number> = new Set([40, 41, 42]);
const CLOCK_HINT = "; is this machine's clock right?";

/** Sorts a reply by what it means, HTTP status first and then Stream's code. */
export function outcomeOf(reply: Reply, redactor: Redactor, now: number): Outcome {
  if (reply.kind !== 'answer') return undelivered(reply, STREAM, redactor);
  return reply.answer.status >= 200 && reply.answer.status < 300
    ? { kind: 'ok', answer: reply.answer }
    : denialOf(reply.answer, redactor, now);
}

/** A denial of a read: whatever kept it from being answered, Stream cannot be asked now. */
export function unreachable(denial: Denial): Unreachable {
  switch (denial.kind) {
    case 'credentials':
    case 'limited':
    case 'unavailable':
      return denial;
    case 'unsent':
    case 'lost':
    case 'denied':
      return { kind: 'unavailable', error: denial.error };
  }
}

/**
 * Whether a denial says that the thing asked for does not exist: 404 with code 16, or 400 with
 * code 4 ([U], docs/providers/stream.md 3: both are expected for an unknown task).
 */
export function saysUnknown(denial: Extract<Denial, { kind: 'denied' }>): boolean {
  return denial.code === NOT_FOUND || (denial.code === INPUT && denial.status === 400);
}

/** Characters that are searched for what an error says: hostile text may be megabytes. */
const MOST_WORDS = 2_000;

const UNKNOWN_USER =
  /\b(?:users?\b.{0,60}?\b(?:not found|(?:do|does|did) not exist|(?:do|does|did)n['’]t exist|unknown)|(?:unknown|no such|non-?existent|missing|cannot find|can['’]t find|could not find|couldn['’]t find)(?: the)? users?\b)/iu;

/**
 * Whether a denial says that a user does not exist. Code 16 says so by itself; code 4 stands for
 * any bad input, so its words decide, without the ids: those may be any words. [U]: no source shows
 * the answer for an unknown user; the words are modelled on Stream's other messages. Of several
 * users one may be unknown or all of them.
 */
export function saysUnknownUser(
  denial: Extract<Denial, { kind: 'denied' }>,
  userIds: readonly string[],
): boolean {
  if (denial.code === NOT_FOUND) return true;
  if (denial.code !== INPUT) return false;
  let words = denial.words.slice(0, MOST_WORDS);
  // The longest first: one id may be a part of another.
  const ids = userIds.toSorted((a, b) => b.length - a.length);
  for (const id of ids) words = words.replaceAll(id, '');
  return UNKNOWN_USER.test(words);
}

const WORDS: Readonly<Record<Exclude<Meaning, 'foreign'>, readonly [FailureCode, string]>> = {
  limited: ['rate_limited', 'Stream refused the call for its rate limit'],
  credentials: ['credentials', 'Stream refused the credentials'],
  unavailable: ['unavailable', 'Stream has a fault'],
  denied: ['refused', 'Stream refused the call'],
};

function denialOf(answer: ApiAnswer, redactor: Redactor, now: number): Denial {
  const { status } = answer;
  const api = apiErrorOf(answer.text);
  const meaning = meaningOf(status, api.code, api.unrecoverable);
  const error = errorFor(meaning, status, api, redactor);
  switch (meaning) {
    case 'limited':
      return { kind: 'limited', error, retryAt: retryAt(answer, now) };
    case 'credentials':
      return { kind: 'credentials', error };
    case 'unavailable':
    case 'foreign':
      return { kind: 'unavailable', error };
    case 'denied':
      return { kind: 'denied', error, code: api.code, status, words: api.message };
  }
}

/** An error body with its gaps filled; `code` null: the body is not Stream's. */
interface Said {
  code: number | null;
  message: string;
  unrecoverable: boolean;
}

function apiErrorOf(text: string): Said {
  const body = readJson(text, ApiError);
  if (body.kind !== 'fits') return { code: null, message: '', unrecoverable: false };
  const { code, message, unrecoverable } = body.value;
  return { code, message, unrecoverable: unrecoverable === true };
}

function errorFor(meaning: Meaning, status: number, api: Said, redactor: Redactor): Failure {
  const facts = { providerCode: api.code, httpStatus: status };
  if (meaning === 'foreign') {
    const message = `what answers at Stream's address is not Stream's API (${status}): is the base URL right?`;
    return failure('unavailable', message, facts);
  }
  const [code, what] = WORDS[meaning];
  const words = redactor.clean(api.message);
  const hint = api.code !== null && TOKEN_TIMES.has(api.code) ? CLOCK_HINT : '';
  return failure(code, `${what} (${status})${words === '' ? '' : `: ${words}`}${hint}`, facts);
}

/** What an error answer of Stream's means to us; `foreign`: neither an error nor Stream's. */
type Meaning = 'limited' | 'credentials' | 'unavailable' | 'foreign' | 'denied';

const RATE_LIMITED = 9;
const TIMED_OUT = 23;
const CLOSED: ReadonlySet<number> = new Set([401, 403]);

/**
 * Sorts an error answer by HTTP status and Stream's code (docs/providers/stream.md 5); `code` null:
 * the body is not Stream's. A 429 that will never pass is a no like any other.
 */
function meaningOf(status: number, code: number | null, unrecoverable: boolean): Meaning {
  const limited = status === 429 || code === RATE_LIMITED;
  if (limited) return unrecoverable ? 'denied' : 'limited';
  if (CLOSED.has(status)) return 'credentials';
  if (status >= 500 || status === 408 || code === TIMED_OUT) return 'unavailable';
  return status < 400 || code === null ? 'foreign' : 'denied';
}
