import { GdprError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { Secret, type SecretSource } from '../secret.ts';
import { STREAM_ORIGIN, sendbirdOrigin } from './base-url.ts';
import { environmentProviders } from './environment.ts';
import type { Source } from './profile/choose.ts';
import { SANDBOX } from './profile/sandbox.ts';
import { resolveSecret, secretSource } from './secrets/resolve.ts';
import type { SecretSpec } from './secrets/spec.ts';
import type { SendbirdAccount, Settings, StreamAccount, StreamProduct } from './settings.ts';

const ALL_PRODUCTS: readonly StreamProduct[] = ['feeds', 'chat', 'video'];

/** The providers' accounts of a profile; null for one that it does not configure. */
export interface Accounts {
  stream: StreamAccount | null;
  sendbird: SendbirdAccount | null;
}

/** Makes the accounts from the one place that the profile comes from. */
export function accountsOf(source: Source, host: Host): Accounts {
  switch (source.from) {
    case 'sandbox':
      return sandboxAccounts();
    case 'environment':
      return environmentAccounts(host);
    case 'file':
      return fileAccounts(source, host);
  }
}

function fileAccounts(
  { name, file, profile: { stream, sendbird } }: Extract<Source, { from: 'file' }>,
  host: Host,
): Accounts {
  const source = (spec: SecretSpec, key: string) =>
    secretSource(() => resolveSecret(spec, { label: `profiles.${name}.${key}`, file }, host));
  return {
    stream: stream
      ? {
          apiKey: stream.apiKey,
          apiSecret: source(stream.apiSecret, 'stream.apiSecret'),
          origin: stream.baseUrl ?? STREAM_ORIGIN,
          products: stream.products ? [...new Set(stream.products)] : ALL_PRODUCTS,
        }
      : null,
    sendbird: sendbird
      ? {
          applicationId: sendbird.applicationId,
          apiToken: source(sendbird.apiToken, 'sendbird.apiToken'),
          origin: sendbird.baseUrl ?? sendbirdOrigin(sendbird.applicationId),
        }
      : null,
  };
}

function environmentAccounts(host: Host): Accounts {
  const { stream, sendbird } = environmentProviders(host);
  const source = (spec: SecretSpec, label: string) =>
    secretSource(() => resolveSecret(spec, { label, file: null }, host));
  return {
    stream: stream && {
      apiKey: stream.id,
      apiSecret: source(stream.secret, 'Stream'),
      origin: stream.baseUrl ?? STREAM_ORIGIN,
      products: ALL_PRODUCTS,
    },
    sendbird: sendbird && {
      applicationId: sendbird.id,
      apiToken: source(sendbird.secret, 'Sendbird'),
      origin: sendbird.baseUrl ?? sendbirdOrigin(sendbird.id),
    },
  };
}

function sandboxAccounts(): Accounts {
  const origin = `http://127.0.0.1:${SANDBOX.port}`;
  return {
    stream: {
      apiKey: SANDBOX.stream.apiKey,
      apiSecret: publicSecret(SANDBOX.stream.apiSecret),
      origin,
      products: ALL_PRODUCTS,
    },
    sendbird: {
      applicationId: SANDBOX.sendbird.applicationId,
      apiToken: publicSecret(SANDBOX.sendbird.apiToken),
      origin,
    },
  };
}

function publicSecret(value: string): SecretSource {
  return secretSource(() => Promise.resolve(new Secret(value)));
}

/** Throws GdprError `config`, with the ways out, when no provider is configured. */
export function requireProvider({
  stream,
  sendbird,
  source,
}: Pick<Settings, 'stream' | 'sendbird' | 'source'>): void {
  if (stream !== null || sendbird !== null) return;
  throw new GdprError('config', `Neither Stream nor Sendbird is configured in ${source}.`, {
    next: [
      'Nothing was sent. The ways out:',
      '  gdpr init',
      '  export STREAM_API_KEY=… STREAM_API_SECRET=…   (or SENDBIRD_APP_ID=… SENDBIRD_API_TOKEN=…)',
      '  gdpr sandbox   and in another terminal: gdpr --profile sandbox …',
    ].join('\n'),
  });
}
