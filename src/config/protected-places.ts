import type { Host } from '../host/host.ts';
import { SEARCH_PLACES, findConfigFiles } from './find.ts';
import { stateRoot, xdgFolder } from './folders.ts';
import type { ConfigFlags } from './settings.ts';

/** Where the state and the configuration are. No file is read. */
export function keptPlaces(flags: ConfigFlags, host: Host) {
  const found = findConfigFiles(flags.config, host);
  return {
    state: stateRoot(flags.stateDir, host),
    configFolder: xdgFolder('XDG_CONFIG_HOME', host),
    configFiles: found.map(({ path }) => path),
    configNames: SEARCH_PLACES,
  };
}
