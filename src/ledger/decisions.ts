import type { Closing, Extension } from '../requests/request.ts';
import { append } from './audit-log/append.ts';
import { type Confirmed, closingHash, confirmationHash, extensionHash } from './audit-log/event.ts';
import type { Connection } from './file/connection.ts';
import { requireLease } from './leases.ts';
import { updateState } from './record.ts';
import { columnList, insert, integer, pickColumns, read, update } from './rows/columns.ts';
import { CLOSING, CONFIRMATION, EXTENSION, OWN_OF_REQUEST } from './rows/tables.ts';
import { type UnitOfWork, createIdentityMap } from './unit-of-work.ts';

/** Writes to a request that the token holds. Runs inside a transaction. Throws LeaseLost. */
function writeTo(
  on: Connection,
  token: string,
  requestId: string,
  work: (unitOfWork: UnitOfWork) => void,
): void {
  requireLease(on, token, requestId);
  const identityMap = createIdentityMap(on);
  work(identityMap.request(requestId));
  identityMap.writeBack();
}

/** Confirms requests anew. Throws LeaseLost for one that the token does not hold, and confirms none then. */
export function confirmHeld(
  on: Connection,
  token: string,
  ids: readonly string[],
  confirmed: Confirmed,
): void {
  for (const id of new Set(ids)) {
    writeTo(on, token, id, (unitOfWork) => confirmRequest(on, unitOfWork, confirmed));
  }
}

/** Notes that a request in the ledger was confirmed, with its event. */
export function confirmRequest(on: Connection, unitOfWork: UnitOfWork, confirmed: Confirmed): void {
  const { id: requestId } = unitOfWork;
  const count = on.sql('SELECT count(*) AS known FROM confirmations WHERE request_id = ?');
  const known = integer(count.get(requestId) ?? {}, 'known');
  insert(on, 'confirmations', CONFIRMATION, { ...confirmed, requestId, ordinal: known + 1 });
  update(on, 'requests', OWN_OF_REQUEST, requestId, { confirmedAt: confirmed.at });
  sayConfirmed(unitOfWork, confirmed);
}

/** The event `confirmed`. */
export function sayConfirmed(unitOfWork: UnitOfWork, confirmed: Confirmed): void {
  const sha256 = confirmationHash(confirmed);
  append(unitOfWork, { at: confirmed.at, kind: 'confirmed', sha256 });
}

const CONFIRMED = pickColumns(CONFIRMATION, 'operator', 'how', 'at');

/** The confirmations of a request, in their order. */
export function confirmationsOf(on: Connection, requestId: string): readonly Confirmed[] {
  return on
    .sql(`SELECT ${columnList(CONFIRMED)} FROM confirmations WHERE request_id = ? ORDER BY ordinal`)
    .all(requestId)
    .map((row) => read(row, CONFIRMED));
}

/**
 * Closes a request by hand, with the event `closed` and that of its state. Throws LeaseLost, or an
 * Error when it is closed.
 */
export function settle(on: Connection, token: string, requestId: string, closing: Closing): void {
  writeTo(on, token, requestId, (unitOfWork) => {
    if (unitOfWork.isClosed) throw new Error(`Request ${requestId} is closed.`);
    unitOfWork.isClosed = true;
    update(on, 'requests', CLOSING, requestId, closing);
    append(unitOfWork, { at: closing.at, kind: 'closed', sha256: closingHash(closing) });
    updateState(on, unitOfWork, closing.at);
  });
}

/** Notes that a deadline was extended, with its event. Throws LeaseLost, or an Error when it was extended before. */
export function extend(
  on: Connection,
  token: string,
  requestId: string,
  extension: Extension,
): void {
  writeTo(on, token, requestId, (unitOfWork) => {
    if (unitOfWork.isExtended) {
      throw new Error(`The deadline of request ${requestId} was extended before.`);
    }
    unitOfWork.isExtended = true;
    update(on, 'requests', EXTENSION, requestId, extension);
    append(unitOfWork, { at: extension.at, kind: 'extended', sha256: extensionHash(extension) });
    updateState(on, unitOfWork, extension.at);
  });
}

/** Notes that receipt and checksums stand in the bundle. Throws LeaseLost, or an Error if it has not ended. */
export function seal(on: Connection, token: string, requestId: string): void {
  writeTo(on, token, requestId, (unitOfWork) => {
    if (unitOfWork.finishedAt === null)
      throw new Error(`Request ${requestId} has not ended; nothing is to be sealed.`);
    unitOfWork.sealed = true;
  });
}
