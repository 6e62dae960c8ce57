import { type Confirmation, lacksConfirmation } from '../requests/confirmation.ts';
import { needsConfirmation } from '../requests/operations.ts';
import type { Call } from '../requests/request.ts';
import { append } from './audit-log/append.ts';
import { fingerprint } from './audit-log/hash.ts';
import { canonicalJson } from '../requests/canonical.ts';
import type { Connection } from './file/connection.ts';
import { createIdentityMap } from './identity-map.ts';
import { requireLease } from './leases.ts';
import { integer, integerOrNull, text, word } from './rows/columns.ts';
import { WAYS_TO_CONFIRM } from './rows/words.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** That somebody said yes to a request, and when (ms). */
export type Confirmed = Confirmation & { at: number };

/** What the event `confirmed` holds of it. */
export function confirmationHash({ operator, how, at }: Confirmed): string {
  return fingerprint(canonicalJson([operator, how, at]));
}

/** Notes that a request in the ledger was confirmed, with its event. Runs inside a transaction. */
export function confirm(
  on: Connection,
  unitOfWork: UnitOfWork,
  confirmation: Confirmation,
  at: number,
): void {
  const row = on
    .sql('SELECT count(*) AS known FROM confirmations WHERE request_id = ?')
    .get(unitOfWork.id);
  const known = row === undefined ? 0 : integer(row, 'known');
  insertConfirmation(on, unitOfWork.id, known + 1, confirmation, at);
  on.sql('UPDATE requests SET confirmed_at = ? WHERE id = ?').run(at, unitOfWork.id);
  tellConfirmed(unitOfWork, confirmation, at);
}

/** The event `confirmed`. */
export function tellConfirmed(
  unitOfWork: UnitOfWork,
  { operator, how }: Confirmation,
  at: number,
): void {
  const sha256 = confirmationHash({ operator, how, at });
  append(unitOfWork, { at, kind: 'confirmed', sha256 });
}

/** `ordinal` counts the confirmations of a request from 1. */
export function insertConfirmation(
  on: Connection,
  requestId: string,
  ordinal: number,
  { operator, how }: Confirmation,
  at: number,
): void {
  on.sql(
    'INSERT INTO confirmations (request_id, ordinal, at, operator, how) VALUES (?, ?, ?, ?, ?)',
  ).run(requestId, ordinal, at, operator, how);
}

/** Confirms requests anew. Throws LeaseLost for one that the token does not hold, and confirms none then. */
export function confirmAnew(
  on: Connection,
  token: string,
  ids: readonly string[],
  confirmation: Confirmation,
  at: number,
): void {
  const identityMap = createIdentityMap(on);
  for (const id of new Set(ids)) {
    requireLease(on, token, id);
    confirm(on, identityMap.request(id), confirmation, at);
  }
  identityMap.clear();
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
