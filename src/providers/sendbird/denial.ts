import { type ApiAnswer, type Failure, type FailureCode, failure } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import { isTransientStatus } from '../../http/retry.ts';
import type { Unreachable } from '../../requests/transitions/answers.ts';
import { undelivered } from '../undelivered.ts';
import type { Reply } from './client.ts';
import { retryAt } from './rate-limit.ts';
import { ApiError } from './schemas.ts';

/** A call that did not get what it asked for. */
export type Denial =
  | Unreachable
  | { kind: 'unsent' | 'lost'; error: Failure }
  /** Sendbird does not know what was asked about. */
  | { kind: 'absent'; error: Failure }
  /** Any other no, by its code. */
  | { kind: 'denied'; error: Failure; code: number };

/** A reply as either an answer with what was asked for, or a denial. */
export type Outcome = { kind: 'ok'; answer: ApiAnswer } | Denial;

/** What this provider and its secret are called. */
export const SENDBIRD = { provider: 'Sendbird', secret: 'API token' };

/** The paid quota is used up: nothing about the subject, and more may be bought. */
const QUOTA = 400306;

/** Sorts a reply by what it means. An error body is an error even under HTTP 200. */
export function outcomeOf(reply: Reply, redactor: Redactor, now: number): Outcome {
  if (reply.kind !== 'answer') return undelivered(reply, SENDBIRD, redactor);
  const { answer } = reply;
  const success = answer.status >= 200 && answer.status < 300;
  // Long lists are not parsed twice: what does not name the field cannot be an error.
  if (success && !answer.text.includes('"error"')) return { kind: 'ok', answer };
  const body = readJson(answer.text, ApiError);
  const api = body.kind === 'fits' ? body.value : null;
  return success && api === null ? { kind: 'ok', answer } : denialOf(answer, api, redactor, now);
}

/** A denial of a read: whatever kept it from being answered, Sendbird cannot be asked now. */
export function unreachable(denial: Denial): Unreachable {
  switch (denial.kind) {
    case 'credentials':
    case 'limited':
    case 'unavailable':
      return denial;
    case 'unsent':
    case 'lost':
    case 'absent':
    case 'denied':
      return { kind: 'unavailable', error: denial.error };
  }
}

const WORDS: Readonly<Record<Exclude<Meaning, 'foreign'>, readonly [FailureCode, string]>> = {
  limited: ['rate_limited', 'Sendbird refused the call for its rate limit'],
  credentials: ['credentials', 'Sendbird refused the credentials'],
  unavailable: ['unavailable', 'Sendbird has a fault'],
  absent: ['not_found', 'Sendbird does not know it'],
  denied: ['refused', 'Sendbird refused the call'],
};

function denialOf(
  answer: ApiAnswer,
  api: ApiError | null,
  redactor: Redactor,
  now: number,
): Denial {
  const meaning = meaningOf(answer.status, api?.code ?? null);
  const error = errorFor(meaning, answer.status, api, redactor);
  switch (meaning) {
    case 'limited':
      return { kind: 'limited', error, retryAt: retryAt(answer, now) };
    case 'credentials':
    case 'unavailable':
    case 'absent':
      return { kind: meaning, error };
    case 'foreign':
      return { kind: 'unavailable', error };
    case 'denied':
      return { kind: 'denied', error, code: api?.code ?? 0 };
  }
}

function errorFor(
  meaning: Meaning,
  status: number,
  api: ApiError | null,
  redactor: Redactor,
): Failure {
  if (meaning === 'foreign') {
    const message = `what answers at Sendbird's address is not Sendbird's API (${status}): is the base URL right?`;
    return failure('unavailable', message, { httpStatus: status });
  }
  const [code, what] = WORDS[meaning];
  const words = api === null ? '' : redactor.clean(api.message);
  const number = api === null ? status : `${status}, ${api.code}`;
  const facts = { providerCode: api?.code ?? null, httpStatus: status };
  return failure(
    code,
    `${what} (${number})${words === '' ? '' : `: ${words}`}`,
    api?.code === QUOTA ? { ...facts, passing: true } : facts,
  );
}

/** What Sendbird's error codes mean to us (docs/providers/sendbird.md 5). */
export type Meaning = 'limited' | 'credentials' | 'unavailable' | 'absent' | 'foreign' | 'denied';

/** No such resource; no such user. Which of them an unknown id gets is unconfirmed: both count ([U]). */
const ABSENT: ReadonlySet<number> = new Set([400201, 400301]);

/**
 * Token, allow list, application: nothing about the subject, and nothing that a repetition mends.
 * [U]: the code of a call from outside the allow list, and whether a bad token is HTTP 400 or 401.
 */
const CREDENTIALS: ReadonlySet<number> = new Set([400108, 400304, 400307, 400401, 403100]);

/** The rate limit; one list gives it as 429. */
const LIMITED: ReadonlySet<number> = new Set([429, 500910]);

/**
 * What an error answer means: HTTP 429 first, since its code starts with 5, then by code, because
 * HTTP says 400 for nearly everything. `code` null: the body is not Sendbird's. `foreign`: neither
 * an error nor Sendbird's.
 */
export function meaningOf(status: number, code: number | null): Meaning {
  if (status === 429) return 'limited';
  const meant = code === null ? null : meaningOfCode(code);
  if (meant === 'limited' || meant === 'credentials') return meant;
  if (status === 401 || status === 403) return 'credentials';
  if (isTransientStatus(status)) return 'unavailable';
  return meant ?? 'foreign';
}

function meaningOfCode(code: number): Meaning {
  if (LIMITED.has(code)) return 'limited';
  if (CREDENTIALS.has(code)) return 'credentials';
  if (ABSENT.has(code)) return 'absent';
  return isFault(code) ? 'unavailable' : 'denied';
}

/** `500901`, `503` and their like, whatever HTTP says. */
function isFault(code: number): boolean {
  return (code >= 500 && code < 600) || (code >= 500_000 && code < 600_000);
}
