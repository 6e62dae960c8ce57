import type { Limit } from '../../requests/plan/calls.ts';
import type { Operation, ProviderName, StepError } from '../../requests/request.ts';
import type { Lookup, Sighting, Unreachable } from '../../requests/transitions/answers.ts';
import { PROVIDER, duration, figure, list } from '../words.ts';
import { type Check, fault, ok, sentence, warning } from './check.ts';

/** How fast an operation may be called; ms. */
type Told = Pick<Limit, 'limit' | 'remaining' | 'window'>;

/** What asking a provider has come to. */
export interface Asked {
  provider: ProviderName;
  account: string;
  /** Why its secret could not be read; nothing was sent then. */
  locked: StepError | null;
  /** Null: no answer came in time. */
  lookup: Lookup | null;
  /** The limit on look-ups. */
  reads: Told | null;
  /** Null: not told. */
  limits: ReadonlyMap<Operation, Told | null>;
  /** Whether Stream answers about feed data; null: not asked, or no answer in time. */
  feeds: Sighting | null;
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

const SECRET = 'Fix where its secret comes from.';

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
  if (/TLS/.test(error.message)) {
    return 'Check base URL and proxy; a company certificate goes into NODE_EXTRA_CA_CERTS.';
  }
  // Sendbird's host is named after the application.
  const id = provider === 'sendbird' ? ', which follows from sendbird.applicationId' : '';
  return `Check network, proxy, DNS and ${provider}.baseUrl${id}.`;
}

/** How far this clock is ahead, ms; negative: behind. The truth lies between. */
interface Skew {
  least: number;
  most: number;
}

/** Less is what HTTP and the network make of two clocks that agree, ms. */
const NOTICEABLE = 3_000;

/**
 * What a clock that is ahead, or behind, by so much breaks (ms). Stream refuses a token from the
 * future, and ours are dated back by 5 s only; one that is behind takes from the life of tokens (5
 * min). At Sendbird a request in doubt is searched from 2 min before its intent.
 */
const HARMFUL: Readonly<Record<ProviderName, { ahead: number; behind: number }>> = {
  stream: { ahead: NOTICEABLE, behind: 120_000 },
  sendbird: { ahead: 60_000, behind: 120_000 },
};

/** This machine's clock against a provider's; null: no answer told the time. */
export function clockCheck(provider: ProviderName, skew: Skew | null): Check {
  const check = `${provider}.clock`;
  const whose = `${PROVIDER[provider]}'s`;
  if (skew === null) {
    return warning(check, `not compared: no answer told ${whose} time.`);
  }
  const by = Math.max(skew.least, -skew.most);
  if (by <= NOTICEABLE) return ok(check, `this clock agrees with ${whose}`);
  const side = skew.least === by ? 'ahead' : 'behind';
  const off = `this clock is ${duration(by)} or more ${side === 'ahead' ? 'ahead of' : side} ${whose}`;
  const next = "Set this machine's clock, best by NTP.";
  if (by <= HARMFUL[provider][side]) return warning(check, `${off}.`, next);
  return fault(check, side === 'ahead' ? `${off}: ${HARM[provider]}.` : `${off}.`, next);
}

/** What comes of a clock that is ahead. */
const HARM: Readonly<Record<ProviderName, string>> = {
  stream: 'it refuses tokens from the future',
  sendbird: 'searches miss',
};

/** The rate limits in force, as far as the provider tells them to somebody who only reads. */
export function limitsCheck({ provider, lookup, reads, limits }: Asked): Check {
  const check = `${provider}.limits`;
  const name = PROVIDER[provider];
  if (lookup?.kind !== 'found') return warning(check, `not known while ${name} cannot be asked.`);
  if (provider === 'sendbird' && reads !== null) {
    return ok(check, `look-ups ${rate(reads)}; those of other calls come with their answers`);
  }
  if ([...limits.values()].some((limit) => limit !== null)) {
    const told = [...limits].map(([operation, limit]) => `${operation} ${rate(limit)}`);
    return ok(check, [...told, ...(reads === null ? [] : [`look-ups ${rate(reads)}`])].join(', '));
  }
  return warning(check, `${name} does not tell them; each answer will tell its own.`);
}

const SPANS: ReadonlyMap<number, string> = new Map([
  [1_000, 'a second'],
  [60_000, 'a minute'],
]);

function rate(told: Told | null): string {
  if (told === null) return 'not told';
  const { limit, remaining, window } = told;
  const left = remaining < limit ? ` (${figure(remaining)} left)` : '';
  return `${figure(limit)} ${SPANS.get(window) ?? `in ${duration(window)}`}${left}`;
}

/** Stream's products: what the profile names, and what a harmless read shows of it. */
export function productsCheck(
  { lookup, feeds }: Asked,
  products: readonly ('feeds' | 'chat' | 'video')[],
): Check {
  const check = 'stream.products.seen';
  if (lookup?.kind !== 'found') return warning(check, 'not known while Stream cannot be asked.');
  const named = products.includes('feeds');
  const message = (seen: string): string => sentence(seen) + unseenOf(products);
  const profile = `the profile ${named ? 'names feeds' : 'leaves feeds out'}, and Stream`;
  if (feeds?.kind === 'looked') {
    return ok(check, message(`${profile} ${named ? 'answers' : 'would answer'} about feed data`));
  }
  if (feeds?.kind !== 'not_checkable') {
    const why = feeds?.error.message ?? 'no answer in time';
    return warning(check, message(`not known about feeds: ${why}`));
  }
  if (!named) return ok(check, message(`${profile} answers nothing about feed data`));
  const next = 'If the app has no feeds, take them out of stream.products.';
  return warning(check, message(`${profile} refuses: ${feeds.error.message}`), next);
}

/** Users are shared by chat and video, so that no look-up tells which of them is used. */
function unseenOf(products: readonly string[]): string {
  const others = products.filter((each) => each !== 'feeds');
  if (others.length === 0) return '';
  return ` No harmless read tells whether ${list(others)} ${others.length === 1 ? 'is' : 'are'} used.`;
}
