import { distance } from 'fastest-levenshtein';
import { quoteId } from '../requests/ids.ts';
import type { ProviderName } from '../requests/request.ts';

/** Ours, docs/spec.md 6; the first three hold ids. */
export const COLUMNS = ['user_id', 'stream_id', 'sendbird_id', 'reference', 'received_on'] as const;
export type Column = (typeof COLUMNS)[number];
export const ID_COLUMNS: readonly Column[] = ['user_id', 'stream_id', 'sendbird_id'];

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
      const near = nearColumn(name, columns);
      if (near === undefined) return [];
      return [`the column ${quoteId(name)} is not known. Did you mean ${near}?`];
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

/** The column with a provider's ids, docs/spec.md 6; null: the file has none. */
export function idColumn(columns: readonly Column[], provider: ProviderName): Column | null {
  const own: Column = provider === 'stream' ? 'stream_id' : 'sendbird_id';
  const candidates: readonly Column[] = [own, 'user_id'];
  return candidates.find((column) => columns.includes(column)) ?? null;
}

function isColumn(name: string): name is Column {
  return COLUMNS.some((column) => column === name);
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

const MOST_LETTERS = 2;

/**
 * The column of ours that a name was probably meant to be; undefined: none is near. One that differs in
 * case, blanks and hyphens alone is always near; one that is a letter or two off only where the file
 * does not have that column as well: `user_ip` beside `user_id` is a column of its own.
 */
function nearColumn(name: string, present: readonly Column[]): Column | undefined {
  const word = plain(name.slice(0, 100));
  const away = (column: Column): number => distance(word, plain(column));
  return COLUMNS.toSorted((a, b) => away(a) - away(b)).find(
    (column) => away(column) === 0 || (away(column) <= MOST_LETTERS && !present.includes(column)),
  );
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[\s_.-]/g, '');
}
