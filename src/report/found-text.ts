import { daysBetween, spellDay } from '../requests/deadline.ts';
import { quoteId } from '../requests/ids.ts';
import type { Presence } from '../requests/outcome.ts';
import type { Found, Proposal } from '../requests/proposal.ts';
import { subjectName } from './receipt-text.ts';
import { PROVIDER, count, list } from './words.ts';
import { wrap } from './wrap.ts';

/** How days are told. */
export interface Calendar {
  /** The day (`YYYY-MM-DD`) of an instant (ms). */
  dayOf: (at: number) => string;
  /** `YYYY-MM-DD`. */
  today: string;
}

const COLUMN = 10;
/** So many subjects are named one by one. */
const NAMED = 20;
const LONGEST_NAME = 40;

/** What the look-up has found: one subject in full, several in a summary. */
export function foundLines(
  {
    looked,
    found,
    owners,
    requests,
  }: Pick<Proposal, 'looked' | 'found' | 'owners'> & { requests: readonly unknown[] },
  calendar: Calendar,
): string[] {
  if (!looked) return wrap('not looked up', COLUMN, 'Found').concat(earlierLines(found));
  const lines =
    requests.length === 1
      ? found.flatMap((each) => oneLine(each, calendar))
      : summary(found, calendar);
  const heirs = [...owners].map(
    ([id, presence]) => `New owner ${subjectName(id)}: ${describe(presence, calendar)}`,
  );
  return [...lines, ...heirs]
    .flatMap((text, index) => wrap(text, COLUMN, index === 0 ? 'Found' : ''))
    .concat(earlierLines(found));
}

function oneLine({ provider, presence, feeds }: Found, calendar: Calendar): string[] {
  const lines: string[] = [];
  if (presence !== null) {
    const words = presence.visible ? describe(presence, calendar) : ABSENT[provider];
    lines.push(`${PROVIDER[provider]}: ${words}`);
  }
  if (feeds !== null) lines.push(`Stream feed data: ${FEEDS[feeds]}`);
  return lines;
}

const ABSENT = {
  stream: 'not visible here (never there, hidden, or deleted already)',
  sendbird: 'not visible here (never there, or deleted already)',
} as const;

const FEEDS = {
  visible: 'there is some',
  not_visible: 'none is visible',
  not_checkable: 'cannot be looked up with these credentials',
} as const;

function describe(
  { name, createdAt, lastSeenAt, deactivated }: Presence,
  calendar: Calendar,
): string {
  return [
    name === null || name === '' ? 'no name' : shortName(name),
    ...(createdAt === null ? [] : [`created ${day(createdAt, calendar)}`]),
    ...(lastSeenAt === null ? [] : [`last seen ${day(lastSeenAt, calendar)}`]),
    ...(deactivated ? ['deactivated'] : []),
  ].join(', ');
}

/** A name is what somebody wrote about themselves: shown raw only where it is harmless. */
function shortName(name: string): string {
  const characters = Array.from(name);
  const cut =
    characters.length > LONGEST_NAME ? `${characters.slice(0, LONGEST_NAME).join('')}…` : name;
  const quoted = quoteId(cut);
  return quoted === `"${cut}"` ? cut : quoted;
}

function day(at: number, { dayOf, today }: Calendar): string {
  const on = dayOf(at);
  const ago = daysBetween(on, today);
  if (ago === 0) return 'today';
  return ago === 1 ? 'yesterday' : spellDay(on).replace(/^\S+ /, '');
}

/** How many are visible where, who is not, and the first by name. */
function summary(found: readonly Found[], calendar: Calendar): string[] {
  const providers = [...new Set(found.map(({ provider }) => provider))];
  const totals = providers.flatMap((provider) => {
    const here = found.filter((each) => each.provider === provider && each.presence !== null);
    if (here.length === 0) return [];
    const visible = here.filter(({ presence }) => presence?.visible === true);
    const absent = here.filter(({ presence }) => presence?.visible !== true);
    const lines = [
      `${PROVIDER[provider]}: ${visible.length.toLocaleString('en-US')} of ${count(here.length, 'account')} visible`,
    ];
    if (absent.length > 0) {
      const missing = absent.map(({ subjectId }) => subjectName(subjectId));
      lines.push(`${ABSENT[provider]}: ${some(missing)}`);
    }
    return lines;
  });
  return [...totals, ...feedTotals(found), ...names(found, calendar)];
}

/** The first of those who are visible anywhere, a line each. */
function names(found: readonly Found[], calendar: Calendar): string[] {
  const visible = new Map<string, string[]>();
  for (const { userId, provider, presence } of found) {
    if (presence?.visible !== true) continue;
    const words = visible.get(userId);
    if (words === undefined) visible.set(userId, [describe(presence, calendar)]);
    else if (presence.name !== null && words[0]?.startsWith(shortName(presence.name)) !== true) {
      words.push(`${PROVIDER[provider]}: ${shortName(presence.name)}`);
    }
  }
  const named = [...visible]
    .slice(0, NAMED)
    .map(([userId, words]) => `${subjectName(userId)}: ${words.join(' · ')}`);
  const more = visible.size - named.length;
  return more > 0 ? [...named, `and ${count(more, 'person', 'people')} more`] : named;
}

function feedTotals(found: readonly Found[]): string[] {
  const asked = found.filter(({ feeds }) => feeds !== null);
  if (asked.length === 0) return [];
  if (asked.every(({ feeds }) => feeds === 'not_checkable')) {
    return [`Stream feed data: ${FEEDS.not_checkable}`];
  }
  const visible = asked.filter(({ feeds }) => feeds === 'visible').length;
  return [
    `Stream feed data: ${visible.toLocaleString('en-US')} of ${count(asked.length, 'person', 'people')} have some`,
  ];
}

function earlierLines(found: readonly Found[]): string[] {
  const texts = found.flatMap(({ provider, subjectId, earlier }) =>
    earlier === null
      ? []
      : [`${subjectName(subjectId)} was deleted before at ${PROVIDER[provider]}: ${earlier}`],
  );
  const shown = texts.slice(0, NAMED).flatMap((text) => wrap(text, COLUMN));
  const more = texts.length - NAMED;
  return more > 0 ? [...shown, `${' '.repeat(COLUMN)}and ${more} more`] : shown;
}

function some(words: readonly string[]): string {
  if (words.length <= NAMED) return list(words);
  return `${words.slice(0, NAMED).join(', ')} and ${words.length - NAMED} more`;
}
