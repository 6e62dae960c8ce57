import { GdprError } from '../errors.ts';
import type { Host } from '../host.ts';
import { chosenOf, settingsOf } from './config.ts';
import { doubtsOf } from './doubts.ts';
import { type FileMode, configModes, secretModes } from './file-modes.ts';
import { type FoundFile, filesFor } from './find.ts';
import { type Origin, originsOf } from './provenance.ts';
import { requireProvider } from './require-provider.ts';
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
  const modes = configModes(found, host);
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
      fault: lackOf(settings),
    };
  } catch (thrown) {
    return { found, modes, settings: null, origins: [], fault: configFault(thrown) };
  }
}

function lackOf(settings: Settings): GdprError | null {
  try {
    requireProvider(settings);
    return null;
  } catch (thrown) {
    return configFault(thrown);
  }
}

function configFault(thrown: unknown): GdprError {
  if (thrown instanceof GdprError) return thrown;
  throw thrown;
}
