import { type Check, fault, ok, warning } from './check.ts';

/** What a configuration was found to be. */
interface Configuration {
  found: readonly { path: string; kind: 'project' | 'user' | 'named' }[];
  modes: readonly { path: string; mode: number | null; fault: string | null }[];
  settings: { warnings: readonly string[] } | null;
  /** A `value` that is null is a secret. */
  origins: readonly { key: string; value: string | null; from: string }[];
  fault: { message: string; next: string } | null;
}

/** The version of Node, against the oldest that will do (`24.15`). */
export function nodeCheck(version: string, oldest: string): Check {
  return isAtLeast(version, oldest)
    ? ok('node', `${version}; ${oldest} or newer is needed`)
    : fault('node', `${version} is too old`, `Install Node ${oldest} or newer.`);
}

function isAtLeast(version: string, oldest: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** The files and what is wrong with them, their modes, every value with its place, warnings. */
export function configChecks(configuration: Configuration): readonly Check[] {
  const { modes, origins, settings } = configuration;
  return [
    ...fileChecks(configuration),
    ...modes.map(modeCheck),
    ...origins.map(({ key, value, from }) =>
      ok(key, value === null ? `a secret, from ${from}` : `${value}, from ${from}`),
    ),
    ...(settings?.warnings ?? []).map((each) => warning('configuration', each)),
  ];
}

const KIND = {
  project: 'the project file',
  user: 'the user file',
  named: 'named by --config or GDPR_CONFIG',
} as const;

function fileChecks({ found, settings, fault: wrong }: Configuration): readonly Check[] {
  const bad = wrong === null ? [] : [fault('configuration', wrong.message, wrong.next)];
  if (settings === null) return bad;
  const read = found.map(({ path, kind }) => ok('configuration', `${path}, ${KIND[kind]}`));
  const none = ok('configuration', 'no file was found: the environment and the defaults hold');
  return [...(read.length === 0 ? [none] : read), ...bad];
}

function modeCheck({ path, mode, fault: wrong }: Configuration['modes'][number]): Check {
  if (mode === null) {
    const next = 'Put the file there, or fix its path in the configuration.';
    return fault('mode', `${path} ${wrong ?? 'cannot be looked at'}.`, next);
  }
  return wrong === null
    ? ok('mode', `${path} is ${octal(mode)}`)
    : fault('mode', `${path} ${wrong}.`, 'Fix its mode or owner: gdpr refuses it as it is.');
}

/** Permission bits as chmod takes them. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}
