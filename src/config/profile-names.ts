import type { Host } from '../host.ts';
import { findConfigFiles } from './find.ts';
import { hasMode, ownerFault, readGuarded } from './guarded-file.ts';
import { parseConfig } from './parse.ts';
import { BUILT_IN, PROFILE_NAME } from './profile-name.ts';

/**
 * The names of all profiles, the built-in ones included, for offering them while a command is typed:
 * nothing else of a file is looked at, and what is wrong with one is not said here.
 */
export async function profileNames(config: string | null, host: Host): Promise<readonly string[]> {
  const found = findConfigFiles({ profile: null, config, stateDir: null }, host);
  const names = await Promise.all(found.map(({ path }) => namesIn(path, host.uid)));
  return [...new Set([...names.flat(), ...BUILT_IN])];
}

async function namesIn(path: string, uid: number): Promise<string[]> {
  const read = await readGuarded(path, (stats) =>
    hasMode(stats, 0o022) ? 'is refused' : ownerFault(stats, uid),
  );
  const parsed = 'fault' in read ? read : parseConfig(path, read.text);
  if ('fault' in parsed) return [];
  return Object.keys(Object(Object(parsed.value).profiles)).filter((name) =>
    PROFILE_NAME.test(name),
  );
}
