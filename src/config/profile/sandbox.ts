import { join } from 'node:path';
import type { Host } from '../../host/host.ts';
import { VARIABLES } from '../environment.ts';
import { xdgFolder } from '../folders.ts';

/**
 * What the built-in profile `sandbox` uses and a `gdpr sandbox` on its default port accepts.
 * The values are fixed, public and good for nothing else.
 */
export const SANDBOX = {
  port: 4280,
  stream: { apiKey: 'sandbox-key', apiSecret: 'sandbox-secret-not-a-real-one' },
  sendbird: { applicationId: 'SANDBOX-APP', apiToken: 'sandbox-token-not-a-real-one' },
} as const;

/**
 * The variables by which a shell finds a sandbox at this address, whatever is configured: the profile
 * `environment`, and a ledger that is new, since what an earlier sandbox knew is gone.
 */
export function sandboxVariables(origin: string, host: Host): Record<string, string> {
  const { stream, sendbird } = SANDBOX;
  return {
    GDPR_PROFILE: 'environment',
    GDPR_STATE_DIR: join(`${xdgFolder('XDG_STATE_HOME', host)}-sandbox`, host.newId()),
    [VARIABLES.stream.id]: stream.apiKey,
    [VARIABLES.stream.secret]: stream.apiSecret,
    [VARIABLES.stream.baseUrl]: origin,
    [VARIABLES.sendbird.id]: sendbird.applicationId,
    [VARIABLES.sendbird.secret]: sendbird.apiToken,
    [VARIABLES.sendbird.baseUrl]: origin,
  };
}
