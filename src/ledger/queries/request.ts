import { GdprError } from '../../errors.ts';
import type { Call, Request } from '../../requests/request.ts';
import { eventsOf } from '../audit-log/append.ts';
import { chainFault, mismatch } from '../audit-log/verify.ts';
import { confirmationsOf } from '../confirmations.ts';
import type { Connection } from '../file/connection.ts';
import { callsFrom } from '../rows/calls.ts';
import { textOrNull } from '../rows/columns.ts';
import { requestFrom } from '../rows/requests.ts';

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
export function callsOf(on: Connection, requestId: string): readonly Call[] {
  const rows = on
    .sql(
      `SELECT * FROM calls WHERE id IN (
         SELECT call_steps.call_id FROM call_steps JOIN steps ON steps.id = call_steps.step_id
         WHERE steps.request_id = ?)
       ORDER BY intended_at, ordinal`,
    )
    .all(requestId);
  return callsFrom(on, rows);
}
