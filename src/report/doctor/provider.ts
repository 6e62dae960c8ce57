import type { ProviderName, StepError } from '../../requests/request.ts';
import type { Lookup, Unreachable } from '../../requests/transitions/answers.ts';
import { PROVIDER } from '../words.ts';
import { type Check, fault, ok, sentence, warning } from './check.ts';

/** What asking a provider has come to. */
interface Asked {
  provider: ProviderName;
  account: string;
  /** Why its secret cannot be had; nothing was sent then. */
  locked: StepError | null;
  /** Null: no answer came in time. */
  lookup: Lookup | null;
}

/** Whether a provider can be reached and takes the credentials. `patience`: how long it had, ms. */
export function reachCheck({ provider, account, locked, lookup }: Asked, patience: number): Check {
  const name = PROVIDER[provider];
  if (locked !== null) {
    return fault(provider, sentence(locked.message), `Nothing was sent to ${name}. ${SECRET}`);
  }
  if (lookup === null) {
    const message = `${account} gave no answer within ${patience / 1_000} s.`;
    return fault(provider, message, `Check network, proxy and base URL; ${name} may be down.`);
  }
  switch (lookup.kind) {
    case 'found':
      return ok(provider, `${account} answers and takes the credentials`);
    case 'limited': {
      const message = `${sentence(lookup.error.message)} The credentials could not be checked.`;
      return warning(provider, message, 'Wait a minute, then run it again.');
    }
    case 'credentials':
    case 'unavailable':
      return fault(provider, sentence(lookup.error.message), adviceOn(lookup, provider));
  }
}

const SECRET = 'Mend where its secret comes from.';

/** Stream's codes of refused credentials (docs/providers/stream.md 5), and Sendbird's (section 5). */
const ADVICE: Readonly<Record<ProviderName, ReadonlyMap<number, string>>> = {
  stream: new Map([
    [2, 'No app has this key: compare stream.apiKey with the dashboard.'],
    [40, "Set this machine's clock, best by NTP."],
    [41, "Set this machine's clock, best by NTP."],
    [42, "Set this machine's clock, best by NTP."],
    [43, 'The secret is not that of this key: compare both with the dashboard.'],
    [99, 'The app is suspended: ask Stream.'],
  ]),
  sendbird: new Map([
    [400304, 'No application has this id: compare sendbird.applicationId with the dashboard.'],
    [400307, 'This network is not on the list that the dashboard allows: add it.'],
    [400401, 'The API token is not one of this application: compare it with the dashboard.'],
    [403100, 'The application is switched off, or the id is wrong: see the dashboard.'],
  ]),
};

function adviceOn({ kind, error }: Unreachable, provider: ProviderName): string {
  const known = ADVICE[provider].get(error.providerCode ?? 0);
  if (known !== undefined) return known;
  const name = PROVIDER[provider];
  if (kind === 'credentials') return `Compare id and secret with ${name}'s dashboard.`;
  if (error.code === 'refused') return `Compare id and base URL with ${name}'s dashboard.`;
  const status = error.httpStatus ?? 0;
  if (status >= 500 || status === 408) return `Wait, and see ${name}'s status page.`;
  if (status > 0) return `Check ${provider}.baseUrl.`;
  return /TLS/.test(error.message)
    ? 'Check base URL and proxy; a company certificate goes into NODE_EXTRA_CA_CERTS.'
    : `Check network, proxy, DNS and ${provider}.baseUrl${ID[provider]}.`;
}

/** Sendbird's host is named after the application. */
const ID: Readonly<Record<ProviderName, string>> = {
  stream: '',
  sendbird: ', which follows from sendbird.applicationId',
};
