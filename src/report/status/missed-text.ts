import type { ProviderName } from '../../requests/request.ts';
import { PROVIDER } from '../words.ts';

/** Why a provider was not asked how far its work is. */
export interface Missed {
  provider: ProviderName;
  kind: 'credentials' | 'limited' | 'unavailable' | 'account';
  message: string;
}

const WHY: Readonly<Record<Missed['kind'], string>> = {
  credentials: 'refuses the credentials',
  limited: 'takes no more calls now',
  unavailable: 'does not answer',
  account: 'was not asked',
};

/** One line that says that what follows may be out of date, and why. */
export function missedText({ provider, kind, message }: Missed): string {
  return `${PROVIDER[provider]} ${WHY[kind]} (${message.replace(/\.$/, '')}): shown as last recorded.`;
}
