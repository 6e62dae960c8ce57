import { GdprError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { given } from './environment.ts';
import { didYouMean } from './near-miss.ts';
import type { ConfigFile } from './read.ts';
import type { FileProfile } from './schema.ts';
import type { ConfigFlags, Settings } from './settings.ts';

/** The profile when nothing names one. */
const DEFAULT_PROFILE = 'default';

/** A profile, and the one place that it comes from as a whole. */
export type ProfileSource = { name: string } & (
  | { from: 'sandbox' | 'environment' }
  | { from: 'file'; file: string; profile: FileProfile }
);

/** The same with what chose it, and the names of all profiles that the files define. */
export type Choice = ProfileSource & Named & { among: readonly string[] };

interface Named {
  name: string;
  /** What named it, in words. */
  named: string;
  chosen: Settings['chosen'];
}

/**
 * The profile to use: flag, `GDPR_PROFILE`, `profile` of the project file, of the user file; then
 * the only one that the files have, then `default`. A profile of the project file hides one of the
 * same name in the user file as a whole. The environment makes the profile `environment`, and
 * `default` where no file has any. Throws GdprError `config` for one that there is not.
 */
export function chooseProfile(
  flags: ConfigFlags,
  files: readonly ConfigFile[],
  host: Host,
): Choice {
  const defined = new Map<string, { file: string; profile: FileProfile }>();
  for (const { path, content } of files.toReversed()) {
    for (const [name, profile] of Object.entries(content.profiles ?? {})) {
      defined.set(name, { file: path, profile });
    }
  }
  const among = [...defined.keys()];
  const named = { ...nameOf(flags, files, among, host), among };
  const { name } = named;
  const found = defined.get(name);
  if (found !== undefined) return { ...named, from: 'file', ...found };
  if (name === 'sandbox' || name === 'environment') return { ...named, from: name };
  if (name === DEFAULT_PROFILE && defined.size === 0) return { ...named, from: 'environment' };
  if (named.chosen === null && among.length > 1) throw whichProfile(among);
  throw unknownProfile(name, among, files);
}

function nameOf(
  flags: ConfigFlags,
  files: readonly ConfigFile[],
  defined: readonly string[],
  host: Host,
): Named {
  if (flags.profile !== null) {
    return { name: flags.profile, named: '--profile', chosen: 'now' };
  }
  const variable = given(host, 'GDPR_PROFILE');
  if (variable !== null) return { name: variable, named: 'GDPR_PROFILE', chosen: 'now' };
  for (const { path, content } of files) {
    if (content.profile !== undefined) {
      return { name: content.profile, named: `profile in ${path}`, chosen: 'file' };
    }
  }
  const [only, ...others] = defined;
  return only !== undefined && others.length === 0
    ? { name: only, named: 'the only one there is', chosen: null }
    : { name: DEFAULT_PROFILE, named: 'the built-in default', chosen: null };
}

function unknownProfile(
  name: string,
  defined: readonly string[],
  files: readonly ConfigFile[],
): GdprError {
  const known = [...(defined.length === 0 ? [DEFAULT_PROFILE] : defined), ...BUILT_IN];
  const where =
    files.length === 0
      ? 'No configuration file was found.'
      : `Read: ${files.map((file) => file.path).join(', ')}.`;
  const message = `There is no profile ${JSON.stringify(name)}.${didYouMean(name, known)} ${where}`;
  return new GdprError('config', message, {
    next: `Nothing was sent. Choose one with --profile: ${known.toSorted().join(', ')}.`,
  });
}

/** A profile's name is also a folder's: no path separators, no leading dot. */
export const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The rule above in words. */
export const PROFILE_NAME_RULE =
  'is not a profile name: 1 to 64 letters, digits, ".", "_" or "-", the first a letter or digit';

/**
 * The profiles that are built in: `sandbox` is a `gdpr sandbox` on its default port, `environment`
 * what the variables name. No file may define one like them.
 */
export const BUILT_IN = ['sandbox', 'environment'] as const;

/** Whether a name is one of them, or on some disks the same folder. */
export function isBuiltIn(name: string): boolean {
  return BUILT_IN.some((each) => each === name.toLowerCase());
}

/**
 * Why it is not certain which account is meant, docs/spec.md 3, each as GdprError `config`: a file and
 * the variables name different ones; and of several profiles, what deletes or brings back wants one
 * chosen, with `yes`, where nobody reads the plan, for this run. `yes` null: it does neither.
 */
export function doubtsOf(
  { profile, rival, chosen, among }: Pick<Settings, 'profile' | 'rival' | 'chosen' | 'among'>,
  yes: boolean | null,
): readonly GdprError[] {
  const isChosen = yes === null || chosen === 'now' || (chosen === 'file' && !yes);
  return [
    ...(rival === null ? [] : [twoAccounts(profile, rival)]),
    ...(isChosen || among.length < 2 ? [] : [whichProfile(among, chosen === 'file')]),
  ];
}

function twoAccounts(name: string, { profile, environment }: NonNullable<Settings['rival']>) {
  const message = `Two places name different accounts, and nothing says which is meant: ${profile}, and ${environment}.`;
  return new GdprError('config', message, {
    next: `Nothing was sent. Choose: --profile ${name}, or --profile environment for the variables. GDPR_PROFILE chooses as well.`,
  });
}

/** Several profiles, and none is chosen; `inFile`: none but by a file. */
function whichProfile(among: readonly string[], inFile = false): GdprError {
  const how = inFile ? 'with --yes, "profile:" in a file does not choose' : 'none is chosen';
  return new GdprError('config', `There are several profiles, and ${how}: ${among.join(', ')}.`, {
    next: 'Nothing was sent. Choose one with --profile or GDPR_PROFILE; environment (the variables) and sandbox are built in.',
  });
}
