import type { Operation, ProviderName } from '../../requests/request.ts';
import type { Lookup, Sighting } from '../../requests/transitions/answers.ts';
import { PROVIDER, duration, list } from '../words.ts';
import { type Check, ok, sentence, warning } from './check.ts';

/** How fast an operation may be called; ms. */
interface Limit {
  limit: number;
  remaining: number;
  window: number;
}

interface Asked {
  provider: ProviderName;
  lookup: Lookup | null;
  /** The limit on look-ups. */
  reads: Limit | null;
  /** Null: not told. */
  limits: ReadonlyMap<Operation, Limit | null>;
  /** Whether Stream answers about feed data; null: not asked, or no answer in time. */
  feeds: Sighting | null;
}

/** The rate limits in force, as far as the provider tells them to somebody who only reads. */
export function limitsCheck({ provider, lookup, reads, limits }: Asked): Check {
  const check = `${provider}.limits`;
  const name = PROVIDER[provider];
  if (lookup?.kind !== 'found') return warning(check, `not known while ${name} cannot be asked.`);
  const isTold = [...limits.values()].some((limit) => limit !== null);
  const told = [...limits].map(([operation, limit]) => `${operation} ${rate(limit)}`);
  const looks = reads === null ? [] : [`look-ups ${rate(reads)}`];
  if (provider === 'sendbird' && reads !== null) {
    return ok(check, `${looks.join('')}; those of other calls come with their answers`);
  }
  if (isTold) return ok(check, [...told, ...looks].join(', '));
  return warning(check, `${name} does not tell them; each answer will tell its own.`);
}

const SPANS: ReadonlyMap<number, string> = new Map([
  [1_000, 'a second'],
  [60_000, 'a minute'],
]);

function rate(told: Limit | null): string {
  if (told === null) return 'not told';
  const { limit, remaining, window } = told;
  const left = remaining < limit ? ` (${remaining.toLocaleString('en-US')} left)` : '';
  return `${limit.toLocaleString('en-US')} ${SPANS.get(window) ?? `in ${duration(window)}`}${left}`;
}

/** Stream's products: what the profile names, and what a harmless read shows of it. */
export function productsCheck(
  { lookup, feeds }: Asked,
  products: readonly ('feeds' | 'chat' | 'video')[],
): Check {
  const check = 'stream.products.seen';
  if (lookup?.kind !== 'found') return warning(check, 'not known while Stream cannot be asked.');
  const seen = feedsSeen(feeds, products.includes('feeds'));
  const message = sentence(seen.message) + unseenOf(products);
  return seen.isWell ? ok(check, message) : warning(check, message, seen.next);
}

interface Seen {
  isWell: boolean;
  message: string;
  next: string | null;
}

function well(message: string): Seen {
  return { isWell: true, message, next: null };
}

function bad(message: string, next: string | null): Seen {
  return { isWell: false, message, next };
}

/** What looking for feed data showed, where the profile has feeds (`named`) or not. */
function feedsSeen(feeds: Sighting | null, named: boolean): Seen {
  switch (feeds?.kind) {
    case 'looked':
      return well(
        named
          ? 'the profile names feeds, and Stream answers about feed data'
          : 'the profile leaves feeds out, and Stream would answer about feed data',
      );
    case 'not_checkable':
      return named
        ? bad(
            `the profile names feeds, and Stream refuses: ${feeds.error.message}`,
            'If the app has no feeds, take them out of stream.products.',
          )
        : well('the profile leaves feeds out, and Stream answers nothing about feed data');
    case 'credentials':
    case 'limited':
    case 'unavailable':
      return bad(`not known about feeds: ${feeds.error.message}`, null);
    case undefined:
      return bad('not known about feeds: no answer in time', null);
  }
}

/** Users are shared by chat and video, so that no look-up tells which of them is used. */
function unseenOf(products: readonly string[]): string {
  const others = products.filter((each) => each !== 'feeds');
  if (others.length === 0) return '';
  return ` No harmless read tells whether ${list(others)} ${others.length === 1 ? 'is' : 'are'} used.`;
}
