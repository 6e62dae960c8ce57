/** Stream's one server for chat, feeds and video (its OpenAPI description, `servers`). */
export const STREAM_ORIGIN = 'https://chat.stream-io-api.com';

/** Letters, digits, hyphens, and short enough for one DNS label, so that it cannot change the host. */
export const APPLICATION_ID = /^[A-Za-z0-9-]{1,59}$/;

/** Sendbird's "API request URL" (dashboard, Settings > Application > General), without `/v3`. */
export function sendbirdOrigin(applicationId: string): string {
  return new URL(`https://api-${applicationId}.sendbird.com`).origin;
}

const SHAPE = /^https?:\/\/[^\s/\\?#@]+(?:\/v3)?\/?$/i;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** What a base URL must look like, for whoever wrote another. */
export const BASE_URL_RULE =
  'must be an origin such as https://api.example.com: https (http on a loopback address only), no path, user, query or fragment';

/**
 * The origin that a base URL names, without trailing slash; a trailing `/v3` is tolerated.
 * Null when it is not an origin, or plain http to another machine.
 */
export function originOf(baseUrl: string): string | null {
  if (!SHAPE.test(baseUrl) || !URL.canParse(baseUrl)) return null;
  const url = new URL(baseUrl);
  if (url.protocol !== 'https:' && !LOOPBACK.test(url.hostname)) return null;
  return url.origin;
}
