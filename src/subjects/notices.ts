import type { ProviderName } from '../requests/request.ts';
import { type Column, type Header, idColumn, listed } from './header.ts';

const NAMES: Readonly<Record<ProviderName, string>> = { stream: 'Stream', sendbird: 'Sendbird' };

/** The rows that are there before, word for word, and are left out. */
export interface Repeated {
  size: number;
  /** The lines of the first few. */
  first: readonly number[];
}

/** What the operator should know of a file that is right, one sentence each; `empty` counts cells. */
export function noticesOf(
  { columns, ignored }: Header,
  providers: readonly ProviderName[],
  empty: (column: Column) => number,
  repeated: Repeated,
): readonly string[] {
  const unasked = providers.flatMap((provider) => {
    const column = idColumn(columns, provider);
    if (column === null) return [`No column holds ids of ${NAMES[provider]}: it is not asked.`];
    const rows = empty(column);
    if (rows === 0) return [];
    return [
      `${number(rows, 'row names', 'rows name')} no ${column}: ${NAMES[provider]} is not asked there.`,
    ];
  });
  const kept = ignored.length === 1 ? 'the column' : 'the columns';
  return [
    ...(ignored.length === 0 ? [] : [`Ignored: ${kept} ${listed(ignored)}.`]),
    ...unasked,
    ...(repeated.size === 0 ? [] : [repeatedRows(repeated)]),
  ];
}

function repeatedRows({ size, first }: Repeated): string {
  const lines = `${first.length === 1 ? 'line' : 'lines'} ${first.join(', ')}`;
  const more = size > first.length ? ' …' : '';
  const what = number(size, 'row repeats', 'rows repeat');
  return `${what} one above, word for word: taken once (${lines}${more}).`;
}

function number(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
