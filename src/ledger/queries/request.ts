import { GdprError } from '../../errors.ts';
import type { Call, Request } from '../../requests/request.ts';
import { CHECK_ID } from '../../requests/transitions/change.ts';
import { eventsOf } from '../audit-log/append.ts';
import { chainFault, mismatch } from '../audit-log/verify.ts';
import { confirmationsOf } from '../decisions.ts';
import type { Connection } from '../file/connection.ts';
import type { Brief } from '../ledger.ts';
import { columnList, flag, pickColumns, read, text, textOrNull } from '../rows/columns.ts';
import { callsFrom, requestFrom } from '../rows/steps.ts';
import { CALL, OWN_OF_REQUEST } from '../rows/tables.ts';

/**
 * One request; null if there is none. Throws GdprError `ledger` when its event chain is broken, or
 * when the request is not what the chain says.
 */
export function readRequest(on: Connection, id: string): Request | null {
  const row = on.sql('SELECT * FROM requests WHERE id = ?').get(id);
  if (row === undefined) return null;
  const request = requestFrom(on, row);
  const events = eventsOf(on, id);
  const fault =
    chainFault(id, events, request.ledger) ??
    mismatch(request, textOrNull(row, 'identity'), confirmationsOf(on, id), events);
  if (fault === null) return request;
  throw new GdprError('ledger', `The record of request ${id} in ${on.file} is broken: ${fault}.`, {
    next: 'Nothing was overwritten. Do not rely on this request; compare with a copy of the ledger from before.',
    requestIds: [id],
  });
}

/** All calls that served a request, oldest first. */
export function callsServing(on: Connection, requestId: string): readonly Call[] {
  const rows = on
    .sql(
      `SELECT ${columnList(CALL)} FROM calls WHERE id IN (
         SELECT call_steps.call_id FROM call_steps JOIN steps ON steps.id = call_steps.step_id
         WHERE steps.request_id = ?)
       ORDER BY intended_at, ordinal`,
    )
    .all(requestId);
  return callsFrom(on, rows);
}

const STANDING = pickColumns(OWN_OF_REQUEST, 'id', 'state', 'finishedAt', 'sealed');

/** How the requests stand, in the order asked for; one that is unknown is left out. */
export function briefs(on: Connection, ids: readonly string[]): readonly Brief[] {
  return on
    .sql(
      `SELECT ${columnList(STANDING, 'requests')}, head, state = 'completed' AND EXISTS (
         SELECT 1 FROM steps AS own WHERE own.request_id = requests.id
           AND own.state = 'succeeded' AND instr(own.note, ?) > 0) AS on_word
       FROM json_each(?) AS picked
       CROSS JOIN requests ON requests.id = picked.value ORDER BY picked.key`,
    )
    .all(CHECK_ID, JSON.stringify(ids))
    .map((row) =>
      Object.assign(read(row, STANDING), { onWord: flag(row, 'on_word'), head: text(row, 'head') }),
    );
}
