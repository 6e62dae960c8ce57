import { join } from 'node:path';
import type { Host } from '../host.ts';
import { VARIABLES } from './environment.ts';
import { SANDBOX } from './sandbox-profile.ts';
import { xdgFolder } from './xdg.ts';

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
