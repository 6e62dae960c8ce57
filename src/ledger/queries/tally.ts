import { REQUEST_STATES, type RequestState } from '../../requests/request.ts';
import { isSettled } from '../../requests/state.ts';
import type { Connection } from '../file/connection.ts';
import type { RequestFilter, Tally } from '../ledger.ts';
import { integer, word } from '../rows/columns.ts';
import { partsOf } from './filter.ts';

/** Counts the requests that the filter matches; `today` is `YYYY-MM-DD`. */
export function tally(on: Connection, filter: RequestFilter, today: string): Tally {
  const states: Record<RequestState, number> = {
    open: 0,
    completed: 0,
    partial: 0,
    failed: 0,
    not_found: 0,
    in_doubt: 0,
    cancelled: 0,
    closed: 0,
  };
  let overdue = 0;
  for (const { from, where, values } of partsOf(filter)) {
    const rows = on
      .sql(
        `SELECT state, count(*) AS n, count(*) FILTER (WHERE due < ?) AS late
         FROM ${from} WHERE ${where} GROUP BY state`,
      )
      .all(today, ...values);
    for (const row of rows) {
      const state = word(row, 'state', REQUEST_STATES);
      states[state] += integer(row, 'n');
      if (!isSettled(state)) overdue += integer(row, 'late');
    }
  }
  return { states, overdue };
}
