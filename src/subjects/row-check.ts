import { isCalendarDay } from '../requests/deadline.ts';
import { idFault, quoteId } from '../requests/ids.ts';
import type { ProviderName } from '../requests/request.ts';
import { type Column, idColumn } from './header.ts';

/** What no provider refuses and nobody mistakes: most ids, told from the rest at once. */
const PLAIN_ID = /^[\w@-][\w@.-]{0,79}$/;
const PLAIN_TEXT = /^[\x20-\x7e]{0,1000}$/;
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const LONGEST_REFERENCE = 1_000;
const MOST_DAYS = 1_000;

/** What the rows of a run are checked against. */
export interface RowRules {
  /** The providers that are asked. */
  providers: readonly ProviderName[];
  /** The day it is where deadlines are counted, `YYYY-MM-DD`. */
  today: string;
}

/** What is wrong with a cell that is not empty. */
type CellCheck = (cell: string) => readonly string[];

/** Of most cells: one for all. */
const NOTHING: readonly string[] = [];

/** The check of rows with these columns: what is wrong with one, cell by cell. */
export function rowCheck(
  columns: readonly Column[],
  { providers, today }: RowRules,
): (cells: readonly string[]) => readonly string[] {
  const checks = columns.map((column) => {
    if (column === 'reference') return referenceFaults;
    return column === 'received_on' ? dayCheck(today) : idCheck(column, columns, providers);
  });
  const asked = [...new Set(providers.map((provider) => idColumn(columns, provider)))]
    .filter((column) => column !== null)
    .map((column) => columns.indexOf(column));
  return (cells) => {
    const faults = checks.flatMap((check, at) => (cells[at] ? check(cells[at]) : NOTHING));
    if (asked.every((at) => cells[at] === '')) {
      faults.push('there is no id for any provider that is asked');
    }
    return faults;
  };
}

function idCheck(
  column: Column,
  columns: readonly Column[],
  asked: readonly ProviderName[],
): CellCheck {
  const providers = rulesFor(column, columns, asked);
  return (id) => {
    if (PLAIN_ID.test(id)) return NOTHING;
    const faults = providers.flatMap((provider) => idFault(id, provider) ?? []);
    return [...new Set(faults)].map((fault) => `the ${column} ${quoteId(id)} ${fault}`);
  };
}

/** Whose rules an id must fit: those who get it; one that nobody gets is a name, under the widest rules. */
function rulesFor(
  column: Column,
  columns: readonly Column[],
  asked: readonly ProviderName[],
): readonly ProviderName[] {
  if (column === 'stream_id') return ['stream'];
  if (column === 'sendbird_id') return ['sendbird'];
  const users = asked.filter((provider) => idColumn(columns, provider) === column);
  return users.length === 0 ? ['stream'] : users;
}

function referenceFaults(text: string): readonly string[] {
  if (PLAIN_TEXT.test(text)) return NOTHING;
  if (CONTROL.test(text))
    return ['the reference holds a control character (a line break, perhaps)'];
  const isLong = Array.from(text).length > LONGEST_REFERENCE;
  return isLong ? [`the reference is longer than ${LONGEST_REFERENCE} characters`] : NOTHING;
}

/** Days repeat, and finding out whether one is in the calendar takes as long as reading its row. */
function dayCheck(today: string): CellCheck {
  const good = new Set<string>();
  return (day) => {
    if (good.has(day)) return NOTHING;
    if (!isCalendarDay(day)) {
      return [`the received_on ${quoteId(day)} is not a day (days are written like ${today})`];
    }
    if (day > today) return [`the received_on ${day} is in the future (today is ${today})`];
    if (good.size < MOST_DAYS) good.add(day);
    return NOTHING;
  };
}
