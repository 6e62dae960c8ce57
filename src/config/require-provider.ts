import { GdprError } from '../errors.ts';
import type { Settings } from './settings.ts';

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
