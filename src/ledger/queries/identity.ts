import { REQUEST_STATES, type RequestState } from '../../requests/request.ts';
import { CHECK_ID } from '../../requests/transitions/change.ts';
import { digest } from '../canonical.ts';
import type { Connection } from '../file/connection.ts';
import type { Brief, Identified } from '../ledger.ts';
import { type Row, flag, integerOrNull, text, word } from '../rows/columns.ts';

/** How the requests stand, in the order asked for; one that is unknown is left out. */
export function brief(on: Connection, ids: readonly string[]): readonly Brief[] {
  return on
    .sql(
      `SELECT requests.id, state, finished_at, sealed, state = 'completed' AND EXISTS (
         SELECT 1 FROM steps AS own WHERE own.request_id = requests.id
           AND own.state = 'succeeded' AND instr(own.note, ?) > 0) AS on_word
       FROM json_each(?) AS picked
       CROSS JOIN requests ON requests.id = picked.value ORDER BY picked.key`,
    )
    .all(CHECK_ID, JSON.stringify(ids))
    .map((row) => ({
      id: text(row, 'id'),
      ...standsAs(row),
      sealed: flag(row, 'sealed'),
      onWord: flag(row, 'on_word'),
    }));
}

/** Whether a later erase, or restore, of one of its people did something. */
const UNDONE = `EXISTS (
  SELECT 1 FROM steps AS own
  CROSS JOIN steps AS other ON other.account = own.account AND other.subject_id = own.subject_id
  CROSS JOIN requests AS later ON later.id = other.request_id
  WHERE own.request_id = requests.id AND later.ordinal > requests.ordinal
    AND later.action = CASE requests.action WHEN 'erase' THEN 'restore' WHEN 'restore' THEN 'erase' END
    AND later.state NOT IN ('not_found', 'cancelled'))`;

/** For each of the identities that some request has: the one that was recorded last. */
export function identified(
  on: Connection,
  identities: readonly string[],
): ReadonlyMap<string, Identified> {
  const asked = new Map(identities.map((identity) => [digest(identity), identity]));
  const found = new Map<string, Identified>();
  const rows = on
    .sql(
      `SELECT requests.id, identity, state, finished_at, ${UNDONE} AS undone FROM json_each(?) AS picked
       CROSS JOIN requests ON requests.identity = picked.value ORDER BY requests.ordinal`,
    )
    .all(JSON.stringify([...asked.keys()]));
  for (const row of rows) {
    const identity = asked.get(text(row, 'identity'));
    if (identity !== undefined) {
      const isUndone = flag(row, 'undone');
      found.set(identity, { requestId: text(row, 'id'), ...standsAs(row), isUndone });
    }
  }
  return found;
}

function standsAs(row: Row): { state: RequestState; finishedAt: number | null } {
  return {
    state: word(row, 'state', REQUEST_STATES),
    finishedAt: integerOrNull(row, 'finished_at'),
  };
}
