/** Longer than any wait that makes sense, ms: what is told beyond it means the same. */
const LONGEST = 86_400_000;

/**
 * A `Retry-After` header as an instant (ms): seconds from `now`, fractions allowed, or an HTTP
 * date, a day at most. Null when it is absent or makes no sense.
 */
export function retryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    return now + Math.min(Math.ceil(Number(text) * 1_000), LONGEST);
  }
  if (!/^[A-Z][a-z]{2}, /.test(text)) return null;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.min(date, now + LONGEST);
}
