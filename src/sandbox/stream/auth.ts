import { type JWTPayload, errors, jwtVerify } from 'jose';
import type { SandboxOptions } from '../options.ts';
import type { ErrorAnswer, ReceivedCall } from '../vendor.ts';
import { streamError } from './errors.ts';

/**
 * Verifies `api_key`, `stream-auth-type` and the raw HS256 token. A server token has
 * `server: true` or no `user_id` at all (an empty claim set is what the Python SDK signs).
 * [U] no leeway for `iat`: the SDKs back-date it because there is "almost none".
 */
export async function authenticateStream(
  { apiKey, apiSecret }: SandboxOptions['credentials']['stream'],
  call: ReceivedCall,
): Promise<void> {
  const refuse = (status: number, code: number, why: string): ErrorAnswer =>
    streamError(status, code, call.operation, why);

  if (call.query.get('api_key') !== apiKey) throw refuse(401, 2, 'api_key not valid');
  const token = call.headers.authorization ?? '';
  if (call.headers['stream-auth-type'] !== 'jwt') {
    throw refuse(401, 5, 'stream-auth-type must be jwt');
  }
  if (token === '') throw refuse(401, 5, 'Authorization header missing');
  if (/^bearer\b/i.test(token)) throw refuse(401, 5, 'token contains an invalid prefix');

  const claims = await verify(token, apiSecret, call.now, refuse);
  if (claims.iat !== undefined && claims.iat > call.now / 1000) {
    throw refuse(401, 42, 'token used before issue at (iat)');
  }
  if (claims['server'] !== true && claims['user_id'] !== undefined) {
    throw refuse(403, 17, 'this endpoint is for server-side authentication only');
  }
}

async function verify(
  token: string,
  secret: string,
  now: number,
  refuse: (status: number, code: number, why: string) => ErrorAnswer,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: ['HS256'],
      currentDate: new Date(now),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw refuse(401, 40, 'token is expired (exp)');
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      throw refuse(401, 43, 'signature is not valid');
    }
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf') {
      throw refuse(401, 41, 'token is not valid yet (nbf)');
    }
    throw refuse(401, 5, 'token is not valid');
  }
}
