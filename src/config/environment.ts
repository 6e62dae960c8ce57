import { GdprError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import {
  SENDBIRD_APP_ID,
  BASE_URL_RULE,
  STREAM_ORIGIN,
  originOf,
  sendbirdOrigin,
} from './base-url.ts';
import type { SecretSpec } from './secrets/spec.ts';

/** The variables that make a provider where no file does. */
export const VARIABLES = {
  stream: { id: 'STREAM_API_KEY', secret: 'STREAM_API_SECRET', baseUrl: 'STREAM_BASE_URL' },
  sendbird: { id: 'SENDBIRD_APP_ID', secret: 'SENDBIRD_API_TOKEN', baseUrl: 'SENDBIRD_BASE_URL' },
} as const;

export const PROVIDER_NAMES = ['stream', 'sendbird'] as const;

/** All of them, for saying which are not used. */
export const PROVIDER_VARIABLES: readonly string[] = Object.values(VARIABLES).flatMap((names) =>
  Object.values(names),
);

const ID_SHAPE = { stream: /^[\x21-\x7e]{1,255}$/, sendbird: SENDBIRD_APP_ID } as const;

/** A provider as the environment has it; the secret's variable is read when it is needed. */
export interface EnvironmentProvider {
  id: string;
  secret: Extract<SecretSpec, { kind: 'env' }>;
  baseUrl: string | undefined;
}

/**
 * The providers of the environment, null for one without any variable. Throws GdprError `config`
 * that names what is missing or wrong, all at once.
 */
export function environmentProviders(host: Host): {
  stream: EnvironmentProvider | null;
  sendbird: EnvironmentProvider | null;
} {
  const faults: string[] = [];
  const stream = provider('stream', host, faults);
  const sendbird = provider('sendbird', host, faults);
  if (faults.length > 0) {
    throw new GdprError('config', `The environment is not usable:\n  ${faults.join('\n  ')}`, {
      next: 'Nothing was sent. Fix the variables, then run the same command again.',
    });
  }
  return { stream, sendbird };
}

function provider(
  which: keyof typeof VARIABLES,
  host: Host,
  faults: string[],
): EnvironmentProvider | null {
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
export interface NamedAccount {
  provider: keyof typeof VARIABLES;
  at: { id: string; origin: string } | null;
}

/** The accounts that the environment names whole. Throws nothing: nobody may mean to use them. */
export function namedAccounts(host: Host): readonly NamedAccount[] {
  return PROVIDER_NAMES.flatMap((which) => {
    const names = VARIABLES[which];
    const id = given(host, names.id);
    if (id === null || given(host, names.secret) === null) return [];
    const baseUrl = given(host, names.baseUrl);
    const isUsable = ID_SHAPE[which].test(id);
    const origin = isUsable ? originAt(which, id, baseUrl) : null;
    return [{ provider: which, at: origin === null ? null : { id, origin } }];
  });
}

function originAt(which: keyof typeof VARIABLES, id: string, baseUrl: string | null) {
  if (baseUrl !== null) return originOf(baseUrl);
  return which === 'stream' ? STREAM_ORIGIN : sendbirdOrigin(id);
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
    throw new GdprError(
      'config',
      `GDPR_OPERATOR is not a name: it has control characters, or more than ${LONGEST} characters.`,
      { next: 'Nothing was sent. Set GDPR_OPERATOR to a plain name, or unset it.' },
    );
  }
  return name;
}
