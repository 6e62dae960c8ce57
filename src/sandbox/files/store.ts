import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export type Links = ReturnType<typeof createLinks>;

/**
 * Signed links in the manner of S3: who holds one needs no credential, and may not send one.
 * `X-Amz-Expires` is the instant of expiry in milliseconds here.
 */
export function createLinks(secret: string, origin: () => string) {
  let minted = 0;
  const sign = (path: string, expires: string, serial: string) =>
    createHmac('sha256', secret).update(`${path}\n${expires}\n${serial}`).digest('hex');

  return {
    /** A new signed link to a path, unlike every other; `expiresAt` in epoch milliseconds. */
    mint(path: string, expiresAt: number): string {
      minted += 1;
      const expires = String(expiresAt);
      const serial = `SANDBOX${minted}`;
      const query = new URLSearchParams({
        'X-Amz-Credential': serial,
        'X-Amz-Expires': expires,
        'X-Amz-Signature': sign(path, expires, serial),
      });
      return `${origin()}${path}?${query.toString()}`;
    },

    check(path: string, query: URLSearchParams, now: number): 'good' | 'expired' | 'bad' {
      const expires = query.get('X-Amz-Expires') ?? '';
      const wanted = Buffer.from(sign(path, expires, query.get('X-Amz-Credential') ?? ''));
      const given = Buffer.from(query.get('X-Amz-Signature') ?? '');
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 'bad';
      return now < Number(expires) ? 'good' : 'expired';
    },
  };
}

/** An answer of the file store, which speaks XML and not the provider's JSON. */
export interface StoreAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** An error as S3 writes it. */
export function storeError(status: number, code: string, message: string, more = ''): StoreAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/xml' },
    body:
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      `<Error><Code>${code}</Code><Message>${message}</Message>${more}<RequestId>SANDBOX</RequestId></Error>`,
  };
}

/** What an expired signed link answers. */
export function expired(now: number): StoreAnswer {
  const time = `<ServerTime>${new Date(now).toISOString()}</ServerTime>`;
  return storeError(403, 'AccessDenied', 'Request has expired', time);
}

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
  if (from === '') {
    return to === '' ? whole : { start: Math.max(0, size - Number(to)), end: size, partial: true };
  }
  const start = Number(from);
  const end = to === '' ? size : Math.min(Number(to) + 1, size);
  return start >= size || end <= start ? null : { start, end, partial: true };
}
