import { REQUEST_STATES, type Request } from '../../requests/request.ts';
import { type Standings, emptyTally, isSettled } from '../../requests/state.ts';
import { DamagedRow } from '../faults.ts';
import type { Connection } from '../file/connection.ts';
import type { IdPage, RequestFilter } from '../ledger.ts';
import { integer, oneOf, text } from '../rows/columns.ts';
import { requestFrom } from '../rows/steps.ts';
import { partsOf, walkOf } from './filter.ts';

/** Where a request stands in the lists. */
interface Place {
  ordinal: number;
  due: string;
  createdAt: number;
}

type Order = NonNullable<RequestFilter['order']>;

const COLUMNS: Record<Order, string> = {
  newest: 'created_at DESC, ordinal DESC',
  urgent: 'due, created_at, ordinal',
};

const COMPARE: Record<Order, (a: Place, b: Place) => number> = {
  newest: (a, b) => b.createdAt - a.createdAt || b.ordinal - a.ordinal,
  urgent: (a, b) => byText(a.due, b.due) || a.createdAt - b.createdAt || a.ordinal - b.ordinal,
};

/** The requests that the filter matches, in its order. */
export function listRequests(on: Connection, filter: RequestFilter): readonly Request[] {
  const { order = 'newest', limit } = filter;
  return partsOf(filter)
    .flatMap(({ from, where, values }) =>
      on
        .sql(
          `SELECT ordinal, due, created_at FROM ${from}
           WHERE ${where} ORDER BY ${COLUMNS[order]} LIMIT ?`,
        )
        .all(...values, limit ?? -1),
    )
    .map((row): Place => ({
      ordinal: integer(row, 'ordinal'),
      due: text(row, 'due'),
      createdAt: integer(row, 'created_at'),
    }))
    .toSorted(COMPARE[order])
    .slice(0, limit)
    .map(({ ordinal }) => requestAt(on, ordinal));
}

function requestAt(on: Connection, ordinal: number): Request {
  const row = on.sql('SELECT * FROM requests WHERE ordinal = ?').get(ordinal);
  if (row === undefined) throw new DamagedRow('an index names a request that is not there');
  return requestFrom(on, row);
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The next ids in the order of recording that the filter matches now, at most `limit`. */
export function pageOfIds(
  on: Connection,
  filter: RequestFilter,
  after: number | null,
  limit: number,
): IdPage {
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

/** Counts the requests that the filter matches; `today` is `YYYY-MM-DD`. */
export function tally(on: Connection, filter: RequestFilter, today: string): Standings {
  const states = emptyTally();
  let overdue = 0;
  for (const { from, where, values } of partsOf(filter)) {
    const rows = on
      .sql(
        `SELECT state, count(*) AS n, count(*) FILTER (WHERE due < ?) AS late
         FROM ${from} WHERE ${where} GROUP BY state`,
      )
      .all(today, ...values);
    for (const row of rows) {
      const state = oneOf(REQUEST_STATES)(row, 'state');
      states[state] += integer(row, 'n');
      if (!isSettled(state)) overdue += integer(row, 'late');
    }
  }
  return { states, overdue };
}
