import type { ProviderName } from '../requests/request.ts';
import { idColumn, listed, type Header } from './header.ts';
import type { Twice } from './twice.ts';

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
