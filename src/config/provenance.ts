import { dirname, resolve } from 'node:path';
import type { Host } from '../host/host.ts';
import { PROVIDER_NAMES, VARIABLES, given } from './environment.ts';
import { stateDirOrigin } from './find.ts';
import type { Choice } from './profile.ts';
import type { SecretSpec } from './secrets.ts';
import type { ConfigFlags, Settings } from './settings.ts';

/** A value in force, and where it comes from in words. */
export interface Origin {
  /** As in a profile (`stream.apiKey`), or `profile`, `stateDir`, `operator`. */
  key: string;
  /** Null for a secret: only its place is known. */
  value: string | null;
  from: string;
}

type FileChoice = Extract<Choice, { from: 'file' }>;

const DEFAULT = 'the default';

/** Every value that the program goes by, in the order of a profile. No secret is read for it. */
export function originsOf(
  choice: Choice,
  settings: Settings,
  flags: ConfigFlags,
  host: Host,
): readonly Origin[] {
  const operator = given(host, 'GDPR_OPERATOR') === null ? 'the system user' : 'GDPR_OPERATOR';
  return [
    { key: 'profile', value: choice.name, from: choice.named },
    ...PROVIDER_NAMES.flatMap((provider) => providerOrigins(provider, choice, settings, host)),
    ...deadlineOrigins(choice, settings),
    ...eraseOrigins(choice, settings),
    { key: 'stateDir', value: settings.stateDir, from: stateDirOrigin(flags.stateDir, host) },
    { key: 'operator', value: settings.operator, from: operator },
  ];
}

function providerOrigins(
  provider: 'stream' | 'sendbird',
  choice: Choice,
  { stream, sendbird }: Settings,
  host: Host,
): readonly Origin[] {
  const account = provider === 'stream' ? stream : sendbird;
  if (account === null) return [];
  const [idKey, secretKey] = KEYS[provider];
  const from = placesOf(provider, choice, host);
  const id = 'apiKey' in account ? account.apiKey : account.applicationId;
  const origins = [
    { key: `${provider}.${idKey}`, value: id, from: from.id },
    { key: `${provider}.${secretKey}`, value: null, from: from.secret },
    { key: `${provider}.baseUrl`, value: account.origin, from: from.baseUrl },
  ];
  if (!('products' in account)) return origins;
  const products = account.products.join(', ');
  return [...origins, { key: 'stream.products', value: products, from: from.products }];
}

const KEYS = {
  stream: ['apiKey', 'apiSecret'],
  sendbird: ['applicationId', 'apiToken'],
} as const;

type Places = Record<'id' | 'secret' | 'baseUrl' | 'products', string>;

function placesOf(provider: 'stream' | 'sendbird', choice: Choice, host: Host): Places {
  switch (choice.from) {
    case 'sandbox': {
      const from = 'the built-in profile';
      return { id: from, secret: from, baseUrl: from, products: DEFAULT };
    }
    case 'environment': {
      const { id, secret, baseUrl } = VARIABLES[provider];
      const isBaseGiven = given(host, baseUrl) !== null;
      return { id, secret, baseUrl: isBaseGiven ? baseUrl : DEFAULT, products: DEFAULT };
    }
    case 'file': {
      const { file, profile } = choice;
      const { stream, sendbird } = profile;
      const secret = provider === 'stream' ? stream?.apiSecret : sendbird?.apiToken;
      return {
        id: file,
        secret: secretPlace(secret, choice),
        baseUrl: profile[provider]?.baseUrl === undefined ? DEFAULT : file,
        products: stream?.products === undefined ? DEFAULT : file,
      };
    }
  }
}

/** Where a secret is read, never what is there: an argument of a command may be one itself. */
function secretPlace(spec: SecretSpec | undefined, { file }: FileChoice): string {
  switch (spec?.kind) {
    case 'env':
      return `the variable ${spec.name}, which ${file} names`;
    case 'file':
      return `the file ${resolve(dirname(file), spec.path)}, which ${file} names`;
    case 'command':
      return `the command ${spec.command}, which ${file} names`;
    case 'plain':
    case undefined:
      return file;
  }
}

function deadlineOrigins(choice: Choice, { deadline }: Settings): readonly Origin[] {
  const { country, region, timeZone } = deadline;
  const file = choice.from === 'file' ? choice.file : '';
  const rules = choice.from === 'file' ? choice.profile.deadline : undefined;
  const origin = (name: 'country' | 'region' | 'timeZone', value: string, otherwise: string) => {
    const from = rules?.[name] === undefined ? otherwise : file;
    return { key: `deadline.${name}`, value, from };
  };
  return [
    origin('country', country ?? 'none (only weekends count)', DEFAULT),
    ...(region === null ? [] : [origin('region', region, DEFAULT)]),
    origin('timeZone', timeZone, 'the system'),
  ];
}

function eraseOrigins(choice: Choice, { erase }: Settings): readonly Origin[] {
  if (choice.from !== 'file') return [];
  const options = Object.entries(erase.stream).map(([name, value]) => `${name} ${String(value)}`);
  const values = { 'erase.protected': erase.protected, 'erase.stream': options };
  return Object.entries(values).flatMap(([key, each]) =>
    each.length === 0 ? [] : [{ key, value: each.join(', '), from: choice.file }],
  );
}
