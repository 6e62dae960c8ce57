import type { Host } from '../host.ts';
import { Secret, type SecretSource } from '../secret.ts';
import { sendbirdOrigin, STREAM_ORIGIN } from './base-url.ts';
import type { Source } from './choose.ts';
import { environmentProviders } from './environment.ts';
import { SANDBOX } from './sandbox-profile.ts';
import { resolveSecret } from './secret-resolve.ts';
import { secretSource } from './secret-source.ts';
import type { SecretSpec } from './secret-spec.ts';
import type { SendbirdAccount, StreamAccount, StreamProduct } from './settings.ts';

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
