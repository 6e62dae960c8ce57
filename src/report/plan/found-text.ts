import { daysBetween, spellDay } from '../../requests/deadline.ts';
import type { Findings, SeenPerson } from '../../requests/plan/findings.ts';
import type { FoundSubject, Preview } from '../../requests/plan/preview.ts';
import type { Sample } from '../../requests/sample.ts';
import type { Presence } from '../../requests/transitions/answers.ts';
import { quotedIfOdd, subjectName } from '../receipt/receipt-text.ts';
import { wrap, wrapAll } from '../text.ts';
import { PROVIDER, andMore, count, figure, list, morePeople } from '../words.ts';

/** How days are told. */
export interface Calendar {
  /** The day (`YYYY-MM-DD`) of an instant (ms). */
  dayOf: (at: number) => string;
  /** `YYYY-MM-DD`. */
  today: string;
}

const COLUMN = 10;
const LONGEST_NAME = 40;

/** What the look-up has found: one subject in full, several in a summary. */
export function foundLines(
  { looked, findings, owners, subjects }: Looked,
  calendar: Calendar,
): string[] {
  const before = earlierLines(findings.earlier);
  if (!looked) return wrap('not looked up', COLUMN, 'Found').concat(before);
  const lines =
    subjects === 1
      ? findings.only.flatMap((each) => oneLine(each, calendar))
      : summary(findings, calendar);
  const heirs = [...owners].map(
    ([id, presence]) => `New owner ${subjectName(id)}: ${describe(presence, calendar)}`,
  );
  return [...wrapAll([...lines, ...heirs], COLUMN, 'Found'), ...before];
}

/** What a look-up has shown of so many subjects. */
type Looked = Pick<Preview, 'looked' | 'findings' | 'owners' | 'subjects'>;

function oneLine({ provider, presence, feeds }: FoundSubject, calendar: Calendar): string[] {
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
  const isLong = characters.length > LONGEST_NAME;
  return quotedIfOdd(isLong ? `${characters.slice(0, LONGEST_NAME).join('')}…` : name);
}

function day(at: number, { dayOf, today }: Calendar): string {
  const on = dayOf(at);
  const ago = daysBetween(on, today);
  if (ago === 0) return 'today';
  return ago === 1 ? 'yesterday' : spellDay(on).replace(/^\S+ /, '');
}

/** How many are visible where, who is not, and the first by name. */
function summary({ places, feeds, people }: Findings, calendar: Calendar): string[] {
  const totals = [...places].flatMap(([provider, { asked, visible, absent }]) => {
    const line = `${PROVIDER[provider]}: ${figure(visible)} of ${count(asked, 'account')} visible`;
    return absent.number === 0 ? [line] : [line, `${ABSENT[provider]}: ${some(absent)}`];
  });
  return [...totals, ...feedTotals(feeds), ...names(people, calendar)];
}

/** The first of those who are visible anywhere, a line each. */
function names({ first, number }: Sample<SeenPerson>, calendar: Calendar): string[] {
  const named = first.map(
    ({ userId, at }) => `${subjectName(userId)}: ${sightsOf(at, calendar).join(' · ')}`,
  );
  return andMore(named, number, morePeople);
}

/** Where another provider has another name it is told as well. */
function sightsOf([first, ...others]: SeenPerson['at'], calendar: Calendar): string[] {
  if (first === undefined) return [];
  const words = describe(first.presence, calendar);
  const more = others.flatMap(({ provider, presence: { name } }) =>
    name === null || words.startsWith(shortName(name))
      ? []
      : [`${PROVIDER[provider]}: ${shortName(name)}`],
  );
  return [words, ...more];
}

function feedTotals({ asked, visible, uncheckable }: Findings['feeds']): string[] {
  if (asked === 0) return [];
  if (asked === uncheckable) return [`Stream feed data: ${FEEDS.not_checkable}`];
  return [`Stream feed data: ${figure(visible)} of ${count(asked, 'person', 'people')} have some`];
}

function earlierLines({ first, number }: Sample<FoundSubject>): string[] {
  const shown = first.map(({ provider, subjectId, earlier }) =>
    wrap(
      `${subjectName(subjectId)} was deleted before at ${PROVIDER[provider]}: ${earlier}`,
      COLUMN,
    ).join('\n'),
  );
  return andMore(shown, number, (more) => `${' '.repeat(COLUMN)}and ${figure(more)} more`);
}

function some({ first, number }: Sample<string>): string {
  return list(andMore(first.map(subjectName), number, (more) => `${figure(more)} more`));
}
