import type { ProviderName } from '../requests/request.ts';
import { type Header, idColumn, listed } from './header.ts';
import type { Scratch } from './scratch.ts';

const NAMES: Readonly<Record<ProviderName, string>> = { stream: 'Stream', sendbird: 'Sendbird' };

/** What the operator should know of a file that is right, one sentence each. */
export function noticesOf(
  { columns, ignored }: Pick<Header, 'columns' | 'ignored'>,
  providers: readonly ProviderName[],
  empty: ReadonlyMap<string, number>,
  twice: Pick<Twice, 'size' | 'first'>,
): readonly string[] {
  const unasked = providers.flatMap((provider) => {
    const column = idColumn(columns, provider);
    if (column === null) return [`No column holds ids of ${NAMES[provider]}: it is not asked.`];
    const rows = empty.get(column) ?? 0;
    if (rows === 0) return [];
    return [
      `${number(rows, 'row names', 'rows name')} no ${column}: ${NAMES[provider]} is not asked there.`,
    ];
  });
  return [
    ...(ignored.length === 0 ? [] : [`Ignored: ${columnsOf(ignored.length)} ${listed(ignored)}.`]),
    ...unasked,
    ...(twice.size === 0 ? [] : [repeatedRows(twice)]),
  ];
}

function repeatedRows({ size, first }: Pick<Twice, 'size' | 'first'>): string {
  const lines = `${first.length === 1 ? 'line' : 'lines'} ${first.join(', ')}`;
  const more = size > first.length ? ' …' : '';
  const what = number(size, 'row repeats', 'rows repeat');
  return `${what} one above, word for word: taken once (${lines}${more}).`;
}

function columnsOf(count: number): string {
  return count === 1 ? 'the column' : 'the columns';
}

function number(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

const MOST_LINES = 10;
const NONE = (): boolean => false;

export const TWICE_TABLES = 'CREATE TABLE twice (line INTEGER PRIMARY KEY);';

/** The rows that are there before, word for word, and are left out. */
export interface Twice {
  readonly size: number;
  /** The lines of the first few. */
  readonly first: readonly number[];
  /** Whether a row between two lines is one of them. */
  between(first: number, last: number): (line: number) => boolean;
}

/** Those that the table `twice` lists, once it is filled. */
export function twiceOf(scratch: Scratch): Twice {
  const queuesOf = (text: string, ...values: number[]): readonly number[] =>
    scratch.work(() => scratch.sql(text).all(...values)).map(({ line }) => Number(line));
  const [size = 0] = queuesOf('SELECT count(*) AS line FROM twice');
  return {
    size,
    first: queuesOf('SELECT line FROM twice ORDER BY line LIMIT ?', MOST_LINES),
    between(first, last) {
      if (size === 0) return NONE;
      const lines = new Set(
        queuesOf('SELECT line FROM twice WHERE line BETWEEN ? AND ?', first, last),
      );
      return (line) => lines.has(line);
    },
  };
}
