/**
 * A `Retry-After` header as an instant (ms): seconds from `now`, fractions allowed, or an HTTP
 * date. Null when it is absent or makes no sense.
 */
export function retryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return now + Math.ceil(Number(text) * 1_000);
  if (!/^[A-Z][a-z]{2}, /.test(text)) return null;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : date;
}
