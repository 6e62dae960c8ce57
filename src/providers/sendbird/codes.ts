import { isTransientStatus } from '../../http/retry.ts';

/** What Sendbird's error codes mean to us (api/sendbird.md section 5). */
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
