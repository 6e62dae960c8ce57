import { type Confirmation, lacksConfirmation } from '../requests/confirmation.ts';
import { needsConfirmation } from '../requests/operations.ts';
import type { Call } from '../requests/request.ts';
import { append } from './append.ts';
import { canonicalJson, fingerprint } from './canonical.ts';
import { integer, integerOrNull, text, word } from './columns.ts';
import type { Connection } from './connection.ts';
import { requireLease } from './lease-check.ts';
import { WAYS_TO_CONFIRM } from './words.ts';

/** That somebody said yes to a request, and when (ms). */
export type Confirmed = Confirmation & { at: number };

/** What the event `confirmed` holds of it. */
export function confirmationHash({ operator, how, at }: Confirmed): string {
  return fingerprint(canonicalJson([operator, how, at]));
}

/** Notes that a request was confirmed, with its event. Runs inside a transaction. */
export function confirm(
  on: Connection,
  requestId: string,
  { operator, how }: Confirmation,
  at: number,
): void {
  on.sql(
    `INSERT INTO confirmations (request_id, ordinal, at, operator, how)
     SELECT ?1, count(*) + 1, ?2, ?3, ?4 FROM confirmations WHERE request_id = ?1`,
  ).run(requestId, at, operator, how);
  on.sql('UPDATE requests SET confirmed_at = ? WHERE id = ?').run(at, requestId);
  const sha256 = confirmationHash({ operator, how, at });
  append(on, { requestId, at, kind: 'confirmed', sha256 });
}

/** Confirms requests anew. Throws LeaseLost for one that the token does not hold, and confirms none then. */
export function confirmAnew(
  on: Connection,
  token: string,
  ids: readonly string[],
  confirmation: Confirmation,
  at: number,
): void {
  for (const id of new Set(ids)) {
    requireLease(on, token, id);
    confirm(on, id, confirmation, at);
  }
}

/** The confirmations of a request, in their order. */
export function confirmationsOf(on: Connection, requestId: string): readonly Confirmed[] {
  return on
    .sql('SELECT * FROM confirmations WHERE request_id = ? ORDER BY ordinal')
    .all(requestId)
    .map((row) => ({
      operator: text(row, 'operator'),
      how: word(row, 'how', WAYS_TO_CONFIRM),
      at: integer(row, 'at'),
    }));
}

/**
 * Throws an Error for a call that deletes or restores and serves a request that nobody has confirmed
 * within the last days: nothing of that kind leaves without the event. One that is `accepted` as it
 * is recorded was found in the provider's list, and sends nothing.
 */
export function requireConfirmation(
  on: Connection,
  { id, operation, state }: Pick<Call, 'id' | 'operation' | 'state'>,
  requestIds: Iterable<string>,
  at: number,
): void {
  if (state === 'accepted' || !needsConfirmation(operation)) return;
  for (const requestId of requestIds) {
    const row = on
      .sql(`SELECT max(at) AS at FROM events WHERE request_id = ? AND kind = 'confirmed'`)
      .get(requestId);
    const confirmedAt = row === undefined ? null : integerOrNull(row, 'at');
    if (lacksConfirmation({ operation, state: 'planned' }, confirmedAt, at)) {
      throw new Error(`Call ${id} may not leave: request ${requestId} is not confirmed.`);
    }
  }
}
