import { createHmac, timingSafeEqual } from 'node:crypto';

export interface Links {
  /** A new signed link to a path, unlike every other; `expiresAt` in epoch milliseconds. */
  mint(path: string, expiresAt: number): string;
  check(path: string, query: URLSearchParams, now: number): 'good' | 'expired' | 'bad';
}

/**
 * Signed links in the manner of S3: who holds one needs no credential, and may not send one.
 * `X-Amz-Expires` is the instant of expiry in milliseconds here.
 */
export function createLinks(secret: string, origin: () => string): Links {
  let minted = 0;
  const sign = (path: string, expires: string, serial: string) =>
    createHmac('sha256', secret).update(`${path}\n${expires}\n${serial}`).digest('hex');

  return {
    mint(path, expiresAt) {
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
    check(path, query, now) {
      const expires = query.get('X-Amz-Expires') ?? '';
      const wanted = Buffer.from(sign(path, expires, query.get('X-Amz-Credential') ?? ''));
      const given = Buffer.from(query.get('X-Amz-Signature') ?? '');
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 'bad';
      return now < Number(expires) ? 'good' : 'expired';
    },
  };
}
