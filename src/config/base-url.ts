import type { SecretSpec } from './secrets.ts';

/** Stream's one server for chat, feeds and video (its OpenAPI description, `servers`). */
export const STREAM_ORIGIN = 'https://chat.stream-io-api.com';

/** Letters, digits, hyphens, and short enough for one DNS label, so that it cannot change the host. */
export const SENDBIRD_APP_ID = /^[A-Za-z0-9-]{1,59}$/;

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

/** What a project file did wrong, and where such a base URL may stand. */
export const PROJECT_BASE_URL_RULE =
  'a base URL from a project file is never used with a secret from elsewhere ({ env }, { file }, { command }); move the profile to the user configuration, or name this file with --config';

/**
 * Whether a provider of a project file may have its base URL, trusted or not. Such a file comes with
 * a folder, and its author need not be the operator: with `{ env }` and a base URL of their own they
 * would be sent the operator's secret. No exception for loopback: another user may listen there.
 * The parts may be missing where they had faults of their own.
 */
export function streamBaseUrlIsAllowed(stream: {
  apiSecret?: SecretSpec;
  baseUrl?: string | undefined;
}): boolean {
  return isAllowed(stream.baseUrl, STREAM_ORIGIN, stream.apiSecret);
}

/** The same for Sendbird, whose own origin follows from the application id. */
export function sendbirdBaseUrlIsAllowed(sendbird: {
  applicationId?: string;
  apiToken?: SecretSpec;
  baseUrl?: string | undefined;
}): boolean {
  const { applicationId } = sendbird;
  const named = typeof applicationId === 'string' && SENDBIRD_APP_ID.test(applicationId);
  const own = named ? sendbirdOrigin(applicationId) : null;
  return isAllowed(sendbird.baseUrl, own, sendbird.apiToken);
}

function isAllowed(
  origin: string | undefined,
  own: string | null,
  secret: SecretSpec | undefined,
): boolean {
  // A part with a fault of its own is not what its type says, and is reported already.
  if (typeof origin !== 'string' || origin === own) return true;
  return !['env', 'file', 'command'].includes(secret?.kind ?? '');
}
