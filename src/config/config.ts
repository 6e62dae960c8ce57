import { GdprError } from '../errors.ts';
import type { Host } from '../host.ts';
import { accountsOf, type Accounts } from './accounts.ts';
import { type Choice, chooseProfile } from './choose.ts';
import { findConfigFiles } from './find.ts';
import { operatorName } from './operator.ts';
import type { ConfigFile } from './read.ts';
import type { ConfigFlags, DeadlineRules, Settings } from './settings.ts';
import { stateDir } from './state-dir.ts';
import { systemTimeZone } from './time-zone.ts';
import { warningsOf } from './warnings.ts';

/**
 * Reads the configuration, SPEC section 8: the chosen profile with its defaults. No secret is
 * resolved, no provider asked and nothing written. Throws GdprError `config` for anything that is
 * wrong with it, and when it configures no provider.
 */
export async function loadSettings(flags: ConfigFlags, host: Host): Promise<Settings> {
  const found = findConfigFiles(flags, host);
  let files: readonly ConfigFile[] = [];
  if (found.length > 0) {
    // The schema and the parsers take 40 ms to load; without a file nobody needs them.
    const { readConfigFiles } = await import('./read.ts');
    files = await readConfigFiles(found, host);
  }
  const choice = chooseProfile(flags, files, host);
  const accounts = accountsOf(choice, host);
  requireProvider(accounts, choice);
  return {
    profile: choice.name,
    operator: operatorName(host),
    ...accounts,
    deadline: deadlineOf(choice),
    stateDir: stateDir(flags.stateDir, choice.name, host),
    warnings: warningsOf(choice, found, host),
  };
}

function requireProvider({ stream, sendbird }: Accounts, choice: Choice): void {
  if (stream !== null || sendbird !== null) return;
  const where =
    choice.from === 'file' ? `profiles.${choice.name} in ${choice.file}` : 'the environment';
  throw new GdprError('config', `Neither Stream nor Sendbird is configured in ${where}.`, {
    next: [
      'Nothing was sent. The shortest ways out:',
      '  export STREAM_API_KEY=… STREAM_API_SECRET=…   (or SENDBIRD_APP_ID=… SENDBIRD_API_TOKEN=…)',
      '  gdpr sandbox   and in another terminal: gdpr --profile sandbox …',
    ].join('\n'),
  });
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
