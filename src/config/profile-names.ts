import type { Host } from '../host/host.ts';
import { parseConfig } from './config-file.ts';
import { type FoundFile, findConfigFiles } from './find.ts';
import { BUILT_IN, PROFILE_NAME } from './profile.ts';
import { readFound } from './trust.ts';

/**
 * The names of all profiles, the built-in ones included, for offering them while a command is typed:
 * nothing else of a file is looked at, what is wrong with one is not said here, and one that is not
 * trusted is passed over.
 */
export async function profileNames(config: string | null, host: Host): Promise<readonly string[]> {
  const found = findConfigFiles(config, host);
  const names = await Promise.all(found.map((file) => namesIn(file, host)));
  return [...new Set([...names.flat(), ...BUILT_IN])];
}

async function namesIn(file: FoundFile, host: Host): Promise<string[]> {
  const read = await readFound(file, host);
  const parsed = 'fault' in read ? read : parseConfig(file.path, read.text);
  if ('fault' in parsed) return [];
  return Object.keys(Object(Object(parsed.value).profiles)).filter((name) =>
    PROFILE_NAME.test(name),
  );
}
