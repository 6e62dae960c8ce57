import { type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GdprError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { providerLack } from './accounts.ts';
import { configFileFault } from './config-file.ts';
import { type FoundFile, filesFor } from './find.ts';
import { chosenOf, settingsOf } from './load.ts';
import { type Choice, doubtsOf } from './profile.ts';
import { type Origin, originsOf } from './provenance.ts';
import { secretFileFault } from './secrets.ts';
import type { ConfigFlags, Settings } from './settings.ts';

/** What there is to know about a configuration without asking anybody. */
export interface ConfigExamination {
  found: readonly FoundFile[];
  /** Of the files found, and of those that hold secrets of the profile. */
  modes: readonly FileMode[];
  /** Null where it cannot be used. */
  settings: Settings | null;
  origins: readonly Origin[];
  /** Why it cannot be used, or what is missing in it. */
  fault: GdprError | null;
}

/**
 * Reads the configuration as every command does, and finds out where its values come from. What is
 * wrong with it is told and not thrown. No secret is resolved.
 */
export async function examineConfig(flags: ConfigFlags, host: Host): Promise<ConfigExamination> {
  const found = filesFor(flags, host);
  const modes = found.map(({ path }) =>
    modeOf(path, (stats) => configFileFault(path, stats, host.uid)),
  );
  try {
    const choice = await chosenOf(found, flags, host);
    const secrets = secretModes(choice, host);
    const settings = settingsOf(choice, found, flags, host);
    const [doubt] = doubtsOf(settings, null);
    if (doubt !== undefined) throw doubt;
    return {
      found,
      modes: [...modes, ...secrets],
      settings,
      origins: originsOf(choice, settings, flags, host),
      fault: providerLack(settings),
    };
  } catch (thrown) {
    if (!(thrown instanceof GdprError)) throw thrown;
    return { found, modes, settings: null, origins: [], fault: thrown };
  }
}

/** Who may do what with a file that decides about accounts or holds a secret. */
interface FileMode {
  path: string;
  /** The permission bits; null: it cannot be looked at. */
  mode: number | null;
  /** What speaks against it, in words; null: nothing. */
  fault: string | null;
}

/** The modes of the files that hold secrets of the profile. What is in them is not read. */
function secretModes(choice: Choice, host: Host): readonly FileMode[] {
  if (choice.from !== 'file') return [];
  const { file, profile } = choice;
  const paths = [profile.stream?.apiSecret, profile.sendbird?.apiToken].flatMap((spec) =>
    spec?.kind === 'file' ? [resolve(dirname(file), spec.path)] : [],
  );
  return [...new Set(paths)].map((path) =>
    modeOf(path, (stats) => secretFileFault(stats, host.uid)),
  );
}

function modeOf(path: string, judge: (stats: Stats) => string | null): FileMode {
  try {
    const stats = statSync(path);
    return { path, mode: stats.mode & 0o777, fault: judge(stats) };
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown)) throw thrown;
    const isMissing = thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR';
    const fault = isMissing ? 'does not exist' : `cannot be looked at (${String(thrown.code)})`;
    return { path, mode: null, fault };
  }
}
