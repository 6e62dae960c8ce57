import type { Host } from '../host/host.ts';
import { accountsOf } from './accounts.ts';
import { operatorName } from './environment.ts';
import { type FoundFile, filesFor } from './find.ts';
import { stateDir } from './folders.ts';
import { type Choice, chooseProfile } from './profile/choose.ts';
import { rivalOf } from './profile/rival.ts';
import type { ConfigFile } from './read.ts';
import type { FileProfile } from './schema.ts';
import type { ConfigFlags, DeadlineRules, EraseRules, RateRules, Settings } from './settings.ts';
import { systemTimeZone } from './time-zone.ts';
import { warningsOf } from './warnings.ts';

/**
 * Reads the configuration, docs/spec.md 8: the chosen profile with its defaults. No secret is
 * resolved, no provider asked and nothing written. Throws GdprError `config` for anything that is
 * wrong with it.
 */
export async function loadSettings(flags: ConfigFlags, host: Host): Promise<Settings> {
  const found = filesFor(flags, host);
  return settingsOf(await chosenOf(found, flags, host), found, flags, host);
}

/** The profile that these files and the environment give. Throws GdprError `config`. */
export async function chosenOf(
  found: readonly FoundFile[],
  flags: ConfigFlags,
  host: Host,
): Promise<Choice> {
  let files: readonly ConfigFile[] = [];
  if (found.length > 0) {
    // The schema and the parsers take 40 ms to load; without a file nobody needs them.
    const { readConfigFiles } = await import('./read.ts');
    files = await readConfigFiles(found, host);
  }
  return chooseProfile(flags, files, host);
}

/** A profile with its defaults. Throws GdprError `config`. */
export function settingsOf(
  choice: Choice,
  found: readonly FoundFile[],
  flags: ConfigFlags,
  host: Host,
): Settings {
  const accounts = accountsOf(choice, host);
  return {
    profile: choice.name,
    source: sourceOf(choice),
    chosen: choice.chosen,
    among: choice.among,
    rival: rivalOf(choice, accounts, host),
    operator: operatorName(host),
    ...accounts,
    deadline: deadlineOf(choice),
    erase: eraseOf(choice),
    rate: rateOf(choice.from === 'file' ? choice.profile.rate : undefined),
    stateDir: stateDir(flags.stateDir, choice.name, host),
    warnings: warningsOf(choice, found, host),
  };
}

function sourceOf(choice: Choice): string {
  return choice.from === 'file' ? `profiles.${choice.name} in ${choice.file}` : 'the environment';
}

function deadlineOf(choice: Choice): DeadlineRules {
  const rules = choice.from === 'file' ? choice.profile.deadline : undefined;
  const named = rules?.timeZone;
  return {
    country: rules?.country ?? null,
    region: rules?.region ?? null,
    // The system's is looked up when a deadline is counted: it costs 10 ms.
    get timeZone() {
      return named ?? systemTimeZone();
    },
  };
}

function eraseOf(choice: Choice): EraseRules {
  const rules = choice.from === 'file' ? choice.profile.erase : undefined;
  return { protected: rules?.protected ?? [], stream: rules?.stream ?? {} };
}

/**
 * A start that the smallest plans allow: Sendbird's has 5 writes a second, and Stream's default for
 * most operations that matter here is 60 a minute.
 */
export function rateOf(rules: FileProfile['rate']): RateRules {
  return {
    share: rules?.share ?? 0.8,
    outstanding: rules?.outstanding ?? 1_000,
    start: { stream: rules?.start?.stream ?? 60, sendbird: rules?.start?.sendbird ?? 5 },
  };
}
