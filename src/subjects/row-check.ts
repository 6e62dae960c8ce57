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

/** The check of rows with these columns: what is wrong with one, cell by cell; nothing: null. */
export function rowCheck(
  columns: readonly Column[],
  { providers, today }: RowRules,
): (cells: readonly string[]) => readonly string[] | null {
  const checks = columns.map((column) => {
    if (column === 'reference') return referenceFaults;
    return column === 'received_on' ? dayCheck(today) : idCheck(column, columns, providers);
  });
  const asked = [...new Set(providers.map((provider) => idColumn(columns, provider)))]
    .filter((column) => column !== null)
    .map((column) => columns.indexOf(column));
  return (cells) => {
    let faults: string[] | null = null;
    for (let at = 0; at < checks.length; at += 1) {
      const cell = cells[at] ?? '';
      const found = cell === '' ? null : (checks[at]?.(cell) ?? null);
      if (found !== null) faults = [...(faults ?? []), ...found];
    }
    if (asked.every((at) => cells[at] === '')) {
      faults = [...(faults ?? []), 'there is no id for any provider that is asked'];
    }
    return faults;
  };
}

function idCheck(
  column: Column,
  columns: readonly Column[],
  asked: readonly ProviderName[],
): (cell: string) => readonly string[] | null {
  const providers = rulesFor(column, columns, asked);
  return (id) => {
    if (PLAIN_ID.test(id)) return null;
    const faults = providers.flatMap((provider) => idFault(id, provider) ?? []);
    if (faults.length === 0) return null;
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

function referenceFaults(text: string): readonly string[] | null {
  if (PLAIN_TEXT.test(text)) return null;
  if (CONTROL.test(text))
    return ['the reference holds a control character (a line break, perhaps)'];
  const isLong = Array.from(text).length > LONGEST_REFERENCE;
  return isLong ? [`the reference is longer than ${LONGEST_REFERENCE} characters`] : null;
}

/** Days repeat, and finding out whether one is in the calendar takes as long as reading its row. */
function dayCheck(today: string): (day: string) => readonly string[] | null {
  const good = new Set<string>();
  return (day) => {
    if (good.has(day)) return null;
    if (!isCalendarDay(day)) {
      return [`the received_on ${quoteId(day)} is not a day (days are written like ${today})`];
    }
    if (day > today) return [`the received_on ${day} is in the future (today is ${today})`];
    if (good.size < MOST_DAYS) good.add(day);
    return null;
  };
}
