import { join } from 'node:path';
import type { Host } from '../host/host.ts';
import { accountsOf } from './accounts.ts';
import { PROVIDER_VARIABLES, given, operatorName, rivalOf } from './environment.ts';
import { type FoundFile, filesFor, stateRoot } from './find.ts';
import { systemTimeZone } from './holidays.ts';
import { type Choice, chooseProfile } from './profile.ts';
import type { ConfigFile } from './read.ts';
import type { FileProfile } from './schema.ts';
import type { ConfigFlags, DeadlineRules, RateRules, Settings } from './settings.ts';

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
  const profile = choice.from === 'file' ? choice.profile : {};
  return {
    profile: choice.name,
    source: sourceOf(choice),
    chosen: choice.chosen,
    among: choice.among,
    rival: rivalOf(choice, accounts, host),
    operator: operatorName(host),
    ...accounts,
    deadline: deadlineOf(profile.deadline),
    erase: { protected: profile.erase?.protected ?? [], stream: profile.erase?.stream ?? {} },
    rate: rateOf(profile.rate),
    stateDir: join(stateRoot(flags.stateDir, host), choice.name),
    warnings: warningsOf(choice, found, host),
  };
}

function sourceOf(choice: Choice): string {
  return choice.from === 'file' ? `profiles.${choice.name} in ${choice.file}` : 'the environment';
}

function deadlineOf(rules: FileProfile['deadline']): DeadlineRules {
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

/** What the operator should know about a configuration that works, one sentence each. */
function warningsOf(choice: Choice, found: readonly FoundFile[], host: Host): readonly string[] {
  return [...ignoredFiles(found), ...plainSecrets(choice), ...unusedVariables(choice, host)];
}

function ignoredFiles(found: readonly FoundFile[]): string[] {
  return found
    .filter((file) => file.ignored.length > 0)
    .map((file) => `${file.path} is used, and ${file.ignored.join(', ')} beside it is not read.`);
}

function plainSecrets(choice: Choice): string[] {
  if (choice.from !== 'file') return [];
  return secretsOf(choice)
    .filter(([, spec]) => spec?.kind === 'plain')
    .map(
      ([key]) =>
        `profiles.${choice.name}.${key} in ${choice.file} is a plain secret: better { env }, { file } or { command }.`,
    );
}

/** Variables that would choose an account if there were no file: whoever set them may think so. */
function unusedVariables(choice: Choice, host: Host): string[] {
  if (choice.from === 'environment') return [];
  const named = choice.from === 'file' ? secretsOf(choice).map(([, spec]) => spec) : [];
  const unused = PROVIDER_VARIABLES.filter(
    (name) =>
      given(host, name) !== null &&
      !named.some((spec) => spec?.kind === 'env' && spec.name === name),
  );
  if (unused.length === 0) return [];
  const from = choice.from === 'file' ? choice.file : 'the program itself';
  return [
    `${unused.join(', ')} in the environment: not used, the profile ${choice.name} comes whole from ${from}.`,
  ];
}

function secretsOf({ profile }: Extract<Choice, { from: 'file' }>) {
  return [
    ['stream.apiSecret', profile.stream?.apiSecret],
    ['sendbird.apiToken', profile.sendbird?.apiToken],
  ] as const;
}
