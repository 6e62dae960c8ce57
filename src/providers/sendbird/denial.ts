import type { ApiAnswer } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import { isTransientStatus } from '../../http/retry.ts';
import { type Meaning, type Names, type Outcome, denialOf } from '../denial.ts';
import { retryAt } from './rate-limit.ts';
import { ApiError } from './schemas.ts';

/** What this provider and its secret are called. */
export const SENDBIRD: Names = { provider: 'Sendbird', secret: 'API token' };

/** The paid quota is used up: nothing about the subject, and more may be bought. */
const QUOTA = 400306;

/** Sorts an answer by what it means. An error body is an error even under HTTP 200. */
export function outcomeOf(answer: ApiAnswer, redactor: Redactor, now: number): Outcome {
  const { status } = answer;
  const success = status >= 200 && status < 300;
  // Long lists are not parsed twice: what does not name the field cannot be an error.
  if (success && !answer.text.includes('"error"')) return { kind: 'ok', answer };
  const body = readJson(answer.text, ApiError);
  if (success && body.kind !== 'fits') return { kind: 'ok', answer };
  const { code, message: words } = body.kind === 'fits' ? body.value : { code: null, message: '' };
  const meaning = meaningOf(status, code);
  const refused = { meaning, status, code, words, retryAt: retryAt(answer, now) };
  const number = code === null ? String(status) : `${status}, ${code}`;
  const quota = code === QUOTA ? ({ passing: true } as const) : {};
  return denialOf({ ...refused, ...quota }, SENDBIRD.provider, number, redactor);
}

/** No such resource; no such user. Which of them an unknown id gets is unconfirmed: both count ([U]). */
const ABSENT: ReadonlySet<number> = new Set([400201, 400301]);

/**
 * Token, allow list, application: nothing about the subject, and nothing that a repetition cures.
 * [U]: the code of a call from outside the allow list, and whether a bad token is HTTP 400 or 401.
 */
const CREDENTIALS: ReadonlySet<number> = new Set([400108, 400304, 400307, 400401, 403100]);

/** The rate limit; one list gives it as 429. */
const LIMITED: ReadonlySet<number> = new Set([429, 500910]);

/**
 * What an error answer means (docs/providers/sendbird.md 5): HTTP 429 first, since its code starts
 * with 5, then by code, because HTTP says 400 for nearly everything. `code` null: the body is not
 * Sendbird's.
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
  // `500901`, `503` and their like, whatever HTTP says.
  const isFault = (code >= 500 && code < 600) || (code >= 500_000 && code < 600_000);
  return isFault ? 'unavailable' : 'denied';
}
