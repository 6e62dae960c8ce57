import { GdprError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Accounts } from './accounts.ts';
import {
  BASE_URL_RULE,
  SENDBIRD_APP_ID,
  STREAM_ORIGIN,
  originOf,
  sendbirdOrigin,
} from './base-url.ts';
import type { Choice } from './profile.ts';
import type { SecretSpec } from './secrets.ts';
import type { Rival, StreamProduct } from './settings.ts';

/** The variables that make a provider where no file does. */
export const VARIABLES = {
  stream: { id: 'STREAM_API_KEY', secret: 'STREAM_API_SECRET', baseUrl: 'STREAM_BASE_URL' },
  sendbird: { id: 'SENDBIRD_APP_ID', secret: 'SENDBIRD_API_TOKEN', baseUrl: 'SENDBIRD_BASE_URL' },
} as const;

type ProviderKey = keyof typeof VARIABLES;

export const PROVIDER_NAMES = ['stream', 'sendbird'] as const;

/** All of them, for saying which are not used. */
export const PROVIDER_VARIABLES: readonly string[] = Object.values(VARIABLES).flatMap((names) =>
  Object.values(names),
);

const ID_SHAPE = { stream: /^[\x21-\x7e]{1,255}$/, sendbird: SENDBIRD_APP_ID } as const;

/** A provider as the place that a profile comes from has it; what is left open is undefined. */
export interface Stated {
  id: string;
  secret: SecretSpec;
  baseUrl: string | undefined;
  products?: readonly StreamProduct[] | undefined;
}

/**
 * The providers of the environment, null for one without any variable. Throws GdprError `config`
 * that names what is missing or wrong, all at once.
 */
export function environmentProviders(host: Host): Record<ProviderKey, Stated | null> {
  const faults: string[] = [];
  const stream = providerIn('stream', host, faults);
  const sendbird = providerIn('sendbird', host, faults);
  if (faults.length > 0) {
    throw new GdprError('config', `The environment is not usable:\n  ${faults.join('\n  ')}`, {
      next: 'Nothing was sent. Fix the variables, then run the same command again.',
    });
  }
  return { stream, sendbird };
}

function providerIn(which: ProviderKey, host: Host, faults: string[]): Stated | null {
  const names = VARIABLES[which];
  const id = given(host, names.id);
  const baseUrl = given(host, names.baseUrl);
  const present = Object.values(names).filter((name) => given(host, name) !== null);
  if (present.length === 0) return null;
  const missing = [names.id, names.secret].filter((name) => !present.includes(name));
  faults.push(...missing.map((name) => `${name} is not set, beside ${present.join(' and ')}`));
  if (id !== null && !ID_SHAPE[which].test(id))
    faults.push(`${names.id} has characters that no id has`);
  const origin = baseUrl === null ? undefined : originOf(baseUrl);
  if (origin === null) faults.push(`${names.baseUrl} ${BASE_URL_RULE}`);
  return {
    id: id ?? '',
    secret: { kind: 'env', name: names.secret },
    baseUrl: origin ?? undefined,
  };
}

/** An account that variables name whole, its secret included; null: not usable as they are. */
interface NamedAccount {
  provider: ProviderKey;
  at: { id: string; origin: string } | null;
}

/** The accounts that the environment names whole. Throws nothing: nobody may mean to use them. */
function namedAccounts(host: Host): readonly NamedAccount[] {
  return PROVIDER_NAMES.flatMap((which): readonly NamedAccount[] => {
    const names = VARIABLES[which];
    const id = given(host, names.id);
    if (id === null || given(host, names.secret) === null) return [];
    const faults: string[] = [];
    const baseUrl = providerIn(which, host, faults)?.baseUrl;
    if (faults.length > 0) return [{ provider: which, at: null }];
    const usual = which === 'stream' ? STREAM_ORIGIN : sendbirdOrigin(id);
    return [{ provider: which, at: { id, origin: baseUrl ?? usual } }];
  });
}

/** An environment variable, or null; an empty one counts as not set. */
export function given(host: Host, name: string): string | null {
  const value = host.env[name];
  return value === undefined || value === '' ? null : value;
}

const LONGEST = 255;

/**
 * Who is at the terminal: `GDPR_OPERATOR`, else the system user. It is printed and recorded, so
 * control characters and lone surrogates are refused (GdprError `config`).
 */
export function operatorName(host: Host): string {
  const name = given(host, 'GDPR_OPERATOR');
  if (name === null) return host.user;
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name) || !name.isWellFormed() || name.length > LONGEST) {
    const message = `GDPR_OPERATOR is not a name: it has control characters, or more than ${LONGEST} characters.`;
    throw new GdprError('config', message, {
      next: 'Nothing was sent. Set GDPR_OPERATOR to a plain name, or unset it.',
    });
  }
  return name;
}

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
