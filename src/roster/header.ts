import { quoteId } from '../requests/ids.ts';
import type { ProviderName } from '../requests/request.ts';
import { nearColumn } from './near-column.ts';

/** Ours, SPEC section 6; the first three hold ids. */
export const COLUMNS = ['user_id', 'stream_id', 'sendbird_id', 'reference', 'received_on'] as const;
export type Column = (typeof COLUMNS)[number];
const ID_COLUMNS: readonly Column[] = ['user_id', 'stream_id', 'sendbird_id'];

/** What a results file has before our columns: it may be read again. */
const RESULTS: ReadonlySet<string> = new Set(['line', 'request_id', 'state', 'detail']);

const ACCEPTED =
  'the columns are user_id, stream_id, sendbird_id (one of these at least), reference and received_on';
const MOST_NAMED = 10;

/** What the header of a CSV says. */
export interface Header {
  /** How many cells a row has. */
  width: number;
  /** The columns of ours, in the order of the file. */
  columns: readonly Column[];
  /** Which cell of a row each of them is. */
  cells: readonly number[];
  /** The others, but for those of a results file. */
  ignored: readonly string[];
}

/** The header of a CSV, or what is wrong with it. `providers`: those that are asked. */
export function readHeader(
  names: readonly string[],
  providers: readonly ProviderName[],
): Header | { faults: readonly string[] } {
  const found = names.flatMap((name, cell) => (isColumn(name) ? [{ name, cell }] : []));
  const columns = found.map(({ name }) => name);
  const others = names.filter((name) => !isColumn(name) && !RESULTS.has(name));
  const faults = [
    ...COLUMNS.filter((column) => columns.filter((name) => name === column).length > 1).map(
      (column) => `the column ${column} is there twice`,
    ),
    ...others.flatMap((name) => {
      const near = nearColumn(name, COLUMNS, columns);
      return near === null
        ? []
        : [`the column ${quoteId(name)} is not known. Did you mean ${near}?`];
    }),
  ];
  if (faults.length === 0) faults.push(...missing(columns, names, providers));
  if (faults.length > 0) return { faults };
  const cells = found.map(({ cell }) => cell);
  return { width: names.length, columns, cells, ignored: others };
}

/** Names of columns for a sentence, the first of many. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map(quoteId).join(', ');
  return names.length > MOST_NAMED ? `${shown} and ${names.length - MOST_NAMED} more` : shown;
}

/** The column with a provider's ids, SPEC section 6; null: the file has none. */
export function idColumn(columns: readonly Column[], provider: ProviderName): Column | null {
  const own: Column = provider === 'stream' ? 'stream_id' : 'sendbird_id';
  const candidates: readonly Column[] = [own, 'user_id'];
  return candidates.find((column) => columns.includes(column)) ?? null;
}

function isColumn(name: string): name is Column {
  const columns: readonly string[] = COLUMNS;
  return columns.includes(name);
}

function missing(
  columns: readonly Column[],
  names: readonly string[],
  providers: readonly ProviderName[],
): string[] {
  if (columns.length === 0) {
    return [`the first line is no header of ours (it has ${listed(names)}): ${ACCEPTED}`];
  }
  if (!ID_COLUMNS.some((column) => columns.includes(column))) {
    return [`no column holds ids: ${ACCEPTED}`];
  }
  if (providers.every((provider) => idColumn(columns, provider) === null)) {
    const lacking = providers.map((provider) => `${provider}_id`).join(' or ');
    return [`no column holds ids of a provider that is asked: add ${lacking}, or user_id`];
  }
  return [];
}
