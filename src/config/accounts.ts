import { join } from 'node:path';
import { GdprError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { Secret, type SecretSource } from '../secret.ts';
import { STREAM_ORIGIN, sendbirdOrigin } from './base-url.ts';
import { VARIABLES, environmentProviders } from './environment.ts';
import { xdgFolder } from './find.ts';
import type { ProfileSource } from './profile.ts';
import { type SecretSpec, resolveSecret, secretSource } from './secrets.ts';
import type { SendbirdAccount, Settings, StreamAccount, StreamProduct } from './settings.ts';

const ALL_PRODUCTS: readonly StreamProduct[] = ['feeds', 'chat', 'video'];

/** The providers' accounts of a profile; null for one that it does not configure. */
export interface Accounts {
  stream: StreamAccount | null;
  sendbird: SendbirdAccount | null;
}

/** Makes the accounts from the one place that the profile comes from. */
export function accountsOf(source: ProfileSource, host: Host): Accounts {
  const { stream, sendbird } = statedBy(source, host);
  const file = source.from === 'file' ? source.file : null;
  const secretAt = (spec: SecretSpec, key: string, variable: string): SecretSource => {
    const label = file === null ? variable : `profiles.${source.name}.${key}`;
    return secretSource(() => resolveSecret(spec, { label, file }, host));
  };
  return {
    stream: stream && {
      apiKey: stream.id,
      apiSecret: secretAt(stream.secret, 'stream.apiSecret', 'Stream'),
      origin: stream.baseUrl ?? STREAM_ORIGIN,
      products: stream.products ? [...new Set(stream.products)] : ALL_PRODUCTS,
    },
    sendbird: sendbird && {
      applicationId: sendbird.id,
      apiToken: secretAt(sendbird.secret, 'sendbird.apiToken', 'Sendbird'),
      origin: sendbird.baseUrl ?? sendbirdOrigin(sendbird.id),
    },
  };
}

function statedBy(source: ProfileSource, host: Host): ReturnType<typeof environmentProviders> {
  switch (source.from) {
    case 'environment':
      return environmentProviders(host);
    case 'sandbox': {
      const { stream, sendbird } = SANDBOX;
      const baseUrl = `http://127.0.0.1:${SANDBOX.port}`;
      return {
        stream: { id: stream.apiKey, secret: plain(stream.apiSecret), baseUrl },
        sendbird: { id: sendbird.applicationId, secret: plain(sendbird.apiToken), baseUrl },
      };
    }
    case 'file': {
      const { stream: s, sendbird: b } = source.profile;
      return {
        stream: s ? { ...s, id: s.apiKey, secret: s.apiSecret, baseUrl: s.baseUrl } : null,
        sendbird: b ? { id: b.applicationId, secret: b.apiToken, baseUrl: b.baseUrl } : null,
      };
    }
  }
}

function plain(value: string): SecretSpec {
  return { kind: 'plain', value: new Secret(value) };
}

/** Why nobody could be asked, with the ways out: no provider is configured; null: one is. */
export function providerLack({
  stream,
  sendbird,
  source,
}: Pick<Settings, 'stream' | 'sendbird' | 'source'>): GdprError | null {
  if (stream !== null || sendbird !== null) return null;
  return new GdprError('config', `Neither Stream nor Sendbird is configured in ${source}.`, {
    next: [
      'Nothing was sent. The ways out:',
      '  gdpr init',
      '  export STREAM_API_KEY=… STREAM_API_SECRET=…   (or SENDBIRD_APP_ID=… SENDBIRD_API_TOKEN=…)',
      '  gdpr sandbox   and in another terminal: gdpr --profile sandbox …',
    ].join('\n'),
  });
}

/**
 * What the built-in profile `sandbox` uses and a `gdpr sandbox` on its default port accepts.
 * The values are fixed, public and good for nothing else.
 */
export const SANDBOX = {
  port: 4280,
  stream: { apiKey: 'sandbox-key', apiSecret: 'sandbox-secret-not-a-real-one' },
  sendbird: { applicationId: 'SANDBOX-APP', apiToken: 'sandbox-token-not-a-real-one' },
} as const;

/**
 * The variables by which a shell finds a sandbox at this address, whatever is configured: the profile
 * `environment`, and a ledger that is new, since what an earlier sandbox knew is gone.
 */
export function sandboxVariables(origin: string, host: Host): Record<string, string> {
  const { stream, sendbird } = SANDBOX;
  return {
    GDPR_PROFILE: 'environment',
    GDPR_STATE_DIR: join(`${xdgFolder('XDG_STATE_HOME', host)}-sandbox`, host.newId()),
    [VARIABLES.stream.id]: stream.apiKey,
    [VARIABLES.stream.secret]: stream.apiSecret,
    [VARIABLES.stream.baseUrl]: origin,
    [VARIABLES.sendbird.id]: sendbird.applicationId,
    [VARIABLES.sendbird.secret]: sendbird.apiToken,
    [VARIABLES.sendbird.baseUrl]: origin,
  };
}
