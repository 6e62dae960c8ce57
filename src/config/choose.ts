import { GdprError } from '../errors.ts';
import type { Host } from '../host.ts';
import { given } from './given.ts';
import { didYouMean } from './near-miss.ts';
import { SANDBOX_PROFILE } from './sandbox-profile.ts';
import type { ConfigFile } from './read.ts';
import type { FileProfile } from './schema.ts';
import type { ConfigFlags } from './settings.ts';

/** The profile when nothing names one. */
const DEFAULT_PROFILE = 'default';

/** A profile, and the one place that it comes from as a whole. */
export type Choice =
  | { name: string; from: 'sandbox' | 'environment' }
  | { name: string; from: 'file'; file: string; profile: FileProfile };

/**
 * The profile to use: flag, `GDPR_PROFILE`, `profile` of the project file, of the user file; then
 * the only one that the files have, then `default`. A profile of the project file hides one of the
 * same name in the user file as a whole. The environment makes a profile, `default`, only where no
 * file has any. Throws GdprError `config` for one that there is not.
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
  const name = nameOf(flags, files, [...defined.keys()], host);
  const found = defined.get(name);
  if (found !== undefined) return { name, from: 'file', ...found };
  if (name === SANDBOX_PROFILE) return { name, from: 'sandbox' };
  if (name === DEFAULT_PROFILE && defined.size === 0) return { name, from: 'environment' };
  throw unknownProfile(name, [...defined.keys()], files);
}

function nameOf(
  flags: ConfigFlags,
  files: readonly ConfigFile[],
  defined: readonly string[],
  host: Host,
): string {
  const chosen = flags.profile ?? given(host, 'GDPR_PROFILE');
  if (chosen !== null) return chosen;
  const written = files.find((file) => file.content.profile !== undefined)?.content.profile;
  if (written !== undefined) return written;
  const [only, ...others] = defined;
  return only !== undefined && others.length === 0 ? only : DEFAULT_PROFILE;
}

function unknownProfile(
  name: string,
  defined: readonly string[],
  files: readonly ConfigFile[],
): GdprError {
  const known = [...(defined.length === 0 ? [DEFAULT_PROFILE] : defined), SANDBOX_PROFILE];
  const where =
    files.length === 0
      ? 'No configuration file was found.'
      : `Read: ${files.map((file) => file.path).join(', ')}.`;
  return new GdprError(
    'config',
    `There is no profile ${JSON.stringify(name)}.${didYouMean(name, known)} ${where}`,
    { next: `Nothing was sent. Choose one with --profile: ${known.toSorted().join(', ')}.` },
  );
}
