import type { IncomingHttpHeaders } from 'node:http';

/** The bytes from `start` up to and without `end`; `partial` = answered with 206. */
export interface ByteRange {
  start: number;
  end: number;
  partial: boolean;
}

/**
 * The part of a file that was asked for; null = not satisfiable (416). A Range counts only if
 * If-Range is absent or is exactly the strong ETag (RFC 9110, 13.1.5).
 */
export function readRange(
  headers: IncomingHttpHeaders,
  etag: string,
  size: number,
): ByteRange | null {
  const whole = { start: 0, end: size, partial: false };
  const match = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '');
  const ifRange = headers['if-range'];
  if (!match || (ifRange !== undefined && ifRange !== etag)) return whole;
  const [, from = '', to = ''] = match;
  return from === '' ? suffix(to, size, whole) : between(Number(from), to, size);
}

function suffix(length: string, size: number, whole: ByteRange): ByteRange {
  if (length === '') return whole;
  return { start: Math.max(0, size - Number(length)), end: size, partial: true };
}

function between(start: number, to: string, size: number): ByteRange | null {
  const end = to === '' ? size : Math.min(Number(to) + 1, size);
  return start >= size || end <= start ? null : { start, end, partial: true };
}
