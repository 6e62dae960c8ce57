import { hash } from '../random.ts';
import { badInput } from './errors.ts';

/** Where a page begins: a place among the people asked about, and one among their items. */
interface Place {
  person: number;
  item: number;
}

/** Numbered people, each with what they made; null for an item that is not asked for. */
export interface Shelves<Row> {
  size: number;
  rows(person: number): Iterable<Row | null>;
}

/**
 * One page, and where the next begins if more follows. Places count all items, shown or not, so
 * that what is deleted between two pages moves nothing.
 */
export function pageOf<Row>(
  shelves: Shelves<Row>,
  from: Place,
  limit: number,
): { rows: Row[]; next: Place | null } {
  const rows: Row[] = [];
  for (let { person } = from; person < shelves.size; person += 1) {
    const first = person === from.person ? from.item : 0;
    let item = -1;
    for (const row of shelves.rows(person)) {
      item += 1;
      if (row === null || item < first) continue;
      if (rows.length === limit) return { rows, next: { person, item } };
      rows.push(row);
    }
  }
  return { rows, next: null };
}

/** A cursor as this server makes it; it belongs to one operation and one filter. */
export function makeCursor(operation: string, filter: unknown, place: Place): string {
  const text = `${markOf(operation, filter)}:${place.person}:${place.item}`;
  return Buffer.from(text).toString('base64url');
}

/** @throws Refusal, code 4, for a cursor that was not made for this query. */
export function readCursor(operation: string, filter: unknown, cursor: string | null): Place {
  if (cursor === null || cursor === '') return { person: 0, item: 0 };
  const parts = Buffer.from(cursor, 'base64url').toString().split(':');
  const [mark, person, item] = parts.map(Number);
  const good = parts.length === 3 && parts.every((part) => /^\d+$/.test(part));
  if (!good || mark !== markOf(operation, filter) || person === undefined || item === undefined) {
    throw badInput(operation, 'next is not a valid cursor', 'next');
  }
  return { person, item };
}

function markOf(operation: string, filter: unknown): number {
  return hash(0, operation, JSON.stringify(filter ?? {}));
}
