import type { ApiAnswer } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import { type Denial, type Meaning, type Names, type Outcome, denialOf } from '../denial.ts';
import { retryAt } from './rate-limit.ts';
import { ApiError } from './schemas.ts';

/** What this provider and its secret are called. */
export const STREAM: Names = { provider: 'Stream', secret: 'API secret' };

const INPUT = 4;
const RATE_LIMITED = 9;
const NOT_FOUND = 16;
const TIMED_OUT = 23;
const CLOSED: ReadonlySet<number> = new Set([401, 403]);

/** Expired, not valid yet, dated wrongly: the token's times (docs/providers/stream.md 5). */
const TOKEN_TIMES: ReadonlySet<number | null> = new Set([40, 41, 42]);
const CLOCK_HINT = "; is this machine's clock right?";

/** Sorts an answer by what it means, HTTP status first and then Stream's code. */
export function outcomeOf(answer: ApiAnswer, redactor: Redactor, now: number): Outcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'ok', answer };
  const body = readJson(answer.text, ApiError);
  const said =
    body.kind === 'fits' ? body.value : { code: null, message: '', unrecoverable: false };
  const { code, message: words, unrecoverable } = said;
  const meaning = meaningOf(status, code, unrecoverable === true);
  const hint = TOKEN_TIMES.has(code) ? CLOCK_HINT : '';
  const refused = { meaning, status, code, words, hint, retryAt: retryAt(answer, now) };
  return denialOf(refused, STREAM.provider, String(status), redactor);
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
