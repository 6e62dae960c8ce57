import { APPLICATION_ID, STREAM_ORIGIN, sendbirdOrigin } from './base-url.ts';
import type { SecretSpec } from './secret-spec.ts';

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
  const named = typeof applicationId === 'string' && APPLICATION_ID.test(applicationId);
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
