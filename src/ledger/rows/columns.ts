import type { SQLOutputValue } from 'node:sqlite';
import { DamagedRow } from '../faults.ts';

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** A text. This and the readers below throw DamagedRow when the column holds anything else. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw unfit(row, column);
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw unfit(row, column);
  return value;
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

export function flag(row: Row, column: string): boolean {
  return integer(row, column) !== 0;
}

/** One of the words of a closed list. */
export function word<T extends string>(row: Row, column: string, words: readonly T[]): T {
  const value = text(row, column);
  const known = words.find((one) => one === value);
  if (known === undefined) throw unfit(row, column);
  return known;
}

export function wordOrNull<T extends string>(
  row: Row,
  column: string,
  words: readonly T[],
): T | null {
  return row[column] === null ? null : word(row, column, words);
}

/** A JSON object. */
export function json(row: Row, column: string): Readonly<Record<string, unknown>> {
  const value = parsed(text(row, column));
  if (!isObject(value)) throw unfit(row, column);
  return value;
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (thrown) {
    throw new DamagedRow('a row holds JSON that cannot be read', { cause: thrown });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unfit(row: Row, column: string): DamagedRow {
  const id = row['id'];
  const whose = typeof id === 'string' ? ` of ${id}` : '';
  return new DamagedRow(`${column}${whose} holds what no gdpr wrote`);
}
