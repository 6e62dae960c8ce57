import type { Host } from '../../host/host.ts';
import type { Accounts } from '../accounts.ts';
import { type NamedAccount, namedAccounts } from '../environment.ts';
import type { Rival } from '../settings.ts';
import type { Choice } from './choose.ts';

const PROVIDER = { stream: 'Stream', sendbird: 'Sendbird' } as const;

/**
 * What else may have been meant, docs/spec.md 3: the variables name a provider's account whole, the
 * profile has another there, or has none of their providers, and neither `--profile` nor
 * `GDPR_PROFILE` chooses. `--config` and `GDPR_CONFIG` say where profiles are read, and not that the
 * variables are not meant. Null: the profile is meant.
 */
export function rivalOf(choice: Choice, accounts: Accounts, host: Host): Rival | null {
  if (choice.chosen === 'now' || choice.from === 'environment') return null;
  const own = ownAccounts(accounts);
  const named = namedAccounts(host);
  if (!areOthers(own, named)) return null;
  const of = choice.from === 'file' ? ` of ${choice.file}` : '';
  return {
    profile: `the profile ${choice.name}${of} (${words(own)})`,
    environment: `the variables in the environment (${words(named)})`,
  };
}

function ownAccounts({ stream, sendbird }: Accounts): readonly NamedAccount[] {
  const own: NamedAccount[] = [];
  if (stream !== null) {
    own.push({ provider: 'stream', at: { id: stream.apiKey, origin: stream.origin } });
  }
  if (sendbird !== null) {
    own.push({ provider: 'sendbird', at: { id: sendbird.applicationId, origin: sendbird.origin } });
  }
  return own;
}

function areOthers(own: readonly NamedAccount[], named: readonly NamedAccount[]): boolean {
  const pairs = named.flatMap(({ provider, at }) => {
    const mine = own.find((each) => each.provider === provider);
    return mine === undefined ? [] : [{ mine: mine.at, at }];
  });
  if (pairs.length === 0) return named.length > 0;
  return pairs.some(({ mine, at }) => mine?.id !== at?.id || mine?.origin !== at?.origin);
}

function words(accounts: readonly NamedAccount[]): string {
  if (accounts.length === 0) return 'no provider';
  return accounts
    .map(({ provider, at }) =>
      at === null
        ? `${PROVIDER[provider]}, not usable as they are`
        : `${PROVIDER[provider]} app ${at.id} at ${at.origin}`,
    )
    .join(', ');
}
