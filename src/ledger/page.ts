import { integer, text } from './columns.ts';
import type { Connection } from './connection.ts';
import { walkOf } from './filter.ts';
import type { Page, RequestFilter } from './ledger.ts';

/** The next ids in the order of recording that the filter matches now, at most `limit`. */
export function page(
  on: Connection,
  filter: RequestFilter,
  after: number | null,
  limit: number,
): Page {
  const found = walkOf(filter)
    .flatMap(({ from, where, values }) =>
      on
        .sql(
          `SELECT ordinal, id FROM ${from}
           WHERE ${where} AND ordinal > ? ORDER BY ordinal LIMIT ?`,
        )
        .all(...values, after ?? 0, limit),
    )
    .map((row) => ({ ordinal: integer(row, 'ordinal'), id: text(row, 'id') }))
    .toSorted((a, b) => a.ordinal - b.ordinal)
    .slice(0, limit);
  const last = found.at(-1);
  return {
    ids: found.map(({ id }) => id),
    next: last === undefined || found.length < limit ? null : last.ordinal,
  };
}
