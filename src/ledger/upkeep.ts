import { REQUEST_STATES, STEP_STATES, type RequestState } from '../requests/request.ts';
import { requestState } from '../requests/state.ts';
import { append } from './append.ts';
import { flag, integerOrNull, word } from './columns.ts';
import type { Connection } from './connection.ts';

/**
 * Brings `state`, `finishedAt` and `sealed` of a request that changed up to date, with an event when
 * the state is a new one. What it wrote into its bundle before is out of date. One that was closed
 * by hand stays closed, whatever its steps come to.
 */
export function bringUpToDate(on: Connection, id: string, at: number): void {
  const row = on
    .sql('SELECT state, finished_at, out_dir, closed_at FROM requests WHERE id = ?')
    .get(id);
  if (row === undefined) throw new Error(`There is no request ${id}.`);
  const before = word(row, 'state', REQUEST_STATES);
  const state = row['closed_at'] === null ? stateOf(on, id) : 'closed';
  const ended = state !== 'open' && state !== 'in_doubt';
  const finishedAt = ended ? (integerOrNull(row, 'finished_at') ?? at) : null;
  const sealed = row['out_dir'] === null || (ended && !hasFiles(on, id));
  on.sql('UPDATE requests SET state = ?, finished_at = ?, sealed = ? WHERE id = ?').run(
    state,
    finishedAt,
    Number(sealed),
    id,
  );
  if (state !== before) append(on, { requestId: id, at, kind: 'request', state });
}

function stateOf(on: Connection, requestId: string): RequestState {
  const rows = on
    .sql('SELECT id, state, finished_at, whole FROM steps WHERE request_id = ?')
    .all(requestId);
  return requestState(
    rows.map((row) => ({
      state: word(row, 'state', STEP_STATES),
      finishedAt: integerOrNull(row, 'finished_at'),
      whole: flag(row, 'whole'),
    })),
  );
}

function hasFiles(on: Connection, requestId: string): boolean {
  const file = on
    .sql(
      `SELECT 1 FROM steps JOIN artifacts ON artifacts.step_id = steps.id
       WHERE steps.request_id = ? LIMIT 1`,
    )
    .get(requestId);
  return file !== undefined;
}
