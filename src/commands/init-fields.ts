import type { Draft, DraftFault } from '../config/settings.ts';
import { GdprError } from '../errors.ts';

/** The flags that say what a field asks for. */
const FLAG: Readonly<Record<DraftFault['field'], string>> = {
  profile: '--profile',
  'stream.apiKey': '--stream-api-key',
  'stream.apiSecret': '--stream-secret-env, --stream-secret-file or --stream-secret-command',
  'stream.products': '--stream-products',
  'stream.baseUrl': '--stream-base-url',
  'sendbird.applicationId': '--sendbird-app-id',
  'sendbird.apiToken': '--sendbird-token-env, --sendbird-token-file or --sendbird-token-command',
  'sendbird.baseUrl': '--sendbird-base-url',
  'deadline.country': '--country',
  'deadline.region': '--region',
  'deadline.timeZone': '--time-zone',
};

/** A fault with the flag that it is about: `--country must be …`. */
export function flagFault({ field, message }: DraftFault): string {
  return `${FLAG[field]} ${message.replace('deadline.country', FLAG['deadline.country'])}`;
}

/** Whether a draft says anything about a provider. */
export function names(draft: Draft, provider: 'stream' | 'sendbird'): boolean {
  return Object.keys(draft).some((field) => field.startsWith(`${provider}.`));
}

/** The values that were given; the field itself is absent where nothing was. */
export function given(values: Draft): Draft {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Throws GdprError `usage` with everything that is wrong with the flags. */
export function requireSound(faults: readonly string[]): void {
  if (faults.length === 0) return;
  throw new GdprError('usage', `The flags do not make a profile:\n  ${faults.join('\n  ')}`, {
    next: 'Nothing was written. See: gdpr init --help',
  });
}
