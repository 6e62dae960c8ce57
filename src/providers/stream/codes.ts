/** What an error answer of Stream's means to us; `foreign`: neither an error nor Stream's. */
export type Meaning = 'limited' | 'credentials' | 'unavailable' | 'foreign' | 'denied';

const RATE_LIMITED = 9;
const TIMED_OUT = 23;
const CLOSED: ReadonlySet<number> = new Set([401, 403]);

/**
 * Sorts an error answer by HTTP status and Stream's code (api/stream.md section 5); `code` null:
 * the body is not Stream's. A 429 that will never pass is a no like any other.
 */
export function meaningOf(status: number, code: number | null, unrecoverable: boolean): Meaning {
  const limited = status === 429 || code === RATE_LIMITED;
  if (limited) return unrecoverable ? 'denied' : 'limited';
  if (CLOSED.has(status)) return 'credentials';
  if (status >= 500 || status === 408 || code === TIMED_OUT) return 'unavailable';
  return status < 400 || code === null ? 'foreign' : 'denied';
}
