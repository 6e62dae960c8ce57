import { SignJWT } from 'jose';
import type { Secret } from '../../secret.ts';

/** Stream tolerates next to no `iat` in the future (docs/providers/stream.md 1): clocks differ. */
const BACKDATED = 5;
const LIFE = 300;

/** So long a token is used again, s: half of its life is left for a call that waits and clocks that differ. */
const USED = 150;

/**
 * Tokens for calls; one serves all calls of a while. Signs when there is no token that is young
 * enough; `clock` in ms since the epoch.
 */
export function createTokens(clock: { now(): number }) {
  let last: { secret: Secret; at: number; token: Promise<string> } | null = null;
  return {
    tokenFor(secret: Secret): Promise<string> {
      const now = clock.now();
      const age = last === null ? Infinity : now - last.at;
      if (last === null || last.secret !== secret || age < 0 || age >= USED * 1_000) {
        last = { secret, at: now, token: serverToken(secret, now) };
      }
      return last.token;
    },
  };
}

/**
 * A server token: HS256 with the API secret, claim `server`, good for `LIFE` seconds from `now`
 * (ms). An `exp` on a server token is accepted (docs/providers/stream.md, DOC-token).
 */
async function serverToken(secret: Secret, now: number): Promise<string> {
  const seconds = Math.floor(now / 1_000);
  return new SignJWT({ server: true })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(seconds - BACKDATED)
    .setExpirationTime(seconds + LIFE)
    .sign(new TextEncoder().encode(secret.reveal()));
}
