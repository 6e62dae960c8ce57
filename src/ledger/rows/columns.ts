import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { canonicalJson } from '../../requests/canonical.ts';
import { DamagedRow } from '../faults.ts';
import type { Connection } from '../file/connection.ts';

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** What a column holds: reads it, and throws DamagedRow when it holds anything else. */
export type ColumnKind<T> = (row: Row, column: string) => T;

/** The one map between the fields of a T and the columns of its table: reading and writing come from it. */
export type Columns<T> = {
  [F in keyof T]-?: readonly [column: string, kind: ColumnKind<T[F]>];
};

/** What such a map is of. */
export type Fields<C> = C extends Columns<infer T> ? T : never;

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw unfit(row, column);
  return value;
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw unfit(row, column);
  return value;
}

export function flag(row: Row, column: string): boolean {
  return integer(row, column) !== 0;
}

/** A JSON object. */
export function json(row: Row, column: string): Readonly<Record<string, unknown>> {
  const value = parsed(text(row, column));
  if (!isObject(value)) throw unfit(row, column);
  return value;
}

/** One of the words of a closed list. */
export function oneOf<T extends string>(words: readonly T[]): ColumnKind<T> {
  return (row, column) => {
    const value = text(row, column);
    const known = words.find((word) => word === value);
    if (known === undefined) throw unfit(row, column);
    return known;
  };
}

export function orNull<T>(kind: ColumnKind<T>): ColumnKind<T | null> {
  return (row, column) => (row[column] === null ? null : kind(row, column));
}

export const textOrNull = orNull(text);
export const integerOrNull = orNull(integer);

/** Some of the columns of a map. */
export function pickColumns<T, F extends keyof T & string>(
  columns: Columns<T>,
  ...fields: readonly F[]
): Columns<Pick<T, F>> {
  const picked: Partial<Columns<Pick<T, F>>> = {};
  for (const field of fields) picked[field] = columns[field];
  return whole(picked);
}

/** The fields of a row. */
export function read<T>(row: Row, columns: Columns<T>): T {
  const found: Partial<T> = {};
  for (const field in columns) {
    const column = columns[field];
    found[field] = column[1](row, column[0]);
  }
  return whole(found);
}

/** The columns as SELECT names them; `of` is the table, where there are several. */
export function columnList<T>(columns: Columns<T>, of?: string): string {
  const names: string[] = [];
  for (const field in columns) names.push(columns[field][0]);
  return names.map((name) => (of === undefined ? name : `${of}.${name}`)).join(', ');
}

/** The statement for each map: spelled anew for each row it would cost as much as half of its writing. */
const inserts = new WeakMap<object, string>();

/** Writes a new row; what the table has beside these columns gets its default. */
export function insert<T extends object>(
  on: Connection,
  table: string,
  columns: Columns<T>,
  fields: NoInfer<T>,
): void {
  const values: SQLInputValue[] = [];
  for (const field in columns) values.push(stored(fields[field]));
  let statement = inserts.get(columns);
  if (statement === undefined) {
    const places = values.map(() => '?').join(', ');
    statement = `INSERT INTO ${table} (${columnList(columns)}) VALUES (${places})`;
    inserts.set(columns, statement);
  }
  on.sql(statement).run(...values);
}

/**
 * Writes the fields that are given and leaves the rest of the row with this id. Throws an Error for
 * an unknown one.
 */
export function update<T extends object>(
  on: Connection,
  table: string,
  columns: Columns<T>,
  id: string,
  fields: NoInfer<Partial<T>>,
): void {
  const names: string[] = [];
  const values: SQLInputValue[] = [];
  for (const field in columns) {
    const value = fields[field];
    if (value === undefined) continue;
    names.push(`${columns[field][0]} = ?`);
    values.push(stored(value));
  }
  if (names.length === 0) return;
  const { changes } = on
    .sql(`UPDATE ${table} SET ${names.join(', ')} WHERE id = ?`)
    .run(...values, id);
  if (changes !== 1) throw new Error(`There is no ${id} in ${table}.`);
}

function stored(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  return typeof value === 'boolean' ? Number(value) : canonicalJson(value);
}

/** A map has a column for every field, so what was made by walking it lacks none. */
function whole<T>(made: Partial<T>): T {
  if (!isWhole(made)) throw new TypeError('nothing was read');
  return made;
}

function isWhole<T>(made: Partial<T>): made is T & Partial<T> {
  return typeof made === 'object';
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
