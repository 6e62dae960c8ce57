import { SignJWT } from 'jose';
import type { Secret } from '../../secret.ts';

/** Stream tolerates next to no `iat` in the future (api/stream.md section 1): clocks differ. */
const BACKDATED = 5;
const LIFE = 300;

/**
 * A server token: HS256 with the API secret, claim `server`, good for `LIFE` seconds from `now`
 * (ms). An `exp` on a server token is accepted (api/stream.md, DOC-token).
 */
export async function serverToken(secret: Secret, now: number): Promise<string> {
  const seconds = Math.floor(now / 1_000);
  return new SignJWT({ server: true })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(seconds - BACKDATED)
    .setExpirationTime(seconds + LIFE)
    .sign(new TextEncoder().encode(secret.reveal()));
}
