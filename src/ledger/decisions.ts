import type { Closing, Extension } from '../requests/request.ts';
import { append } from './audit-log/append.ts';
import { fingerprint } from './audit-log/hash.ts';
import { canonicalJson } from '../requests/canonical.ts';
import type { Connection } from './file/connection.ts';
import { createIdentityMap } from './identity-map.ts';
import { requireLease } from './leases.ts';
import { updateState } from './record.ts';

/** What the event `closed` holds of it. */
export function closingHash({ reason, operator, at }: Closing): string {
  return fingerprint(canonicalJson([reason, operator, at]));
}

/**
 * Closes a request by hand, with the event `closed` and that of its state. Runs inside a
 * transaction. Throws LeaseLost, or an Error when it is closed.
 */
export function settle(on: Connection, token: string, requestId: string, closing: Closing): void {
  requireLease(on, token, requestId);
  const { reason, operator, at } = closing;
  const { changes } = on
    .sql(
      `UPDATE requests SET closing_reason = ?, closed_by = ?, closed_at = ?
       WHERE id = ? AND closed_at IS NULL`,
    )
    .run(reason, operator, at, requestId);
  if (changes !== 1) throw new Error(`Request ${requestId} is closed.`);
  const identityMap = createIdentityMap(on);
  const unitOfWork = identityMap.request(requestId);
  unitOfWork.isClosed = true;
  append(unitOfWork, { at, kind: 'closed', sha256: closingHash(closing) });
  updateState(on, unitOfWork, at);
  identityMap.clear();
}

/** Notes that receipt and checksums stand in the bundle. Throws LeaseLost, or an Error if it has not ended. */
export function seal(on: Connection, token: string, requestId: string): void {
  requireLease(on, token, requestId);
  const identityMap = createIdentityMap(on);
  const unitOfWork = identityMap.request(requestId);
  if (unitOfWork.finishedAt === null)
    throw new Error(`Request ${requestId} has not ended; nothing is to be sealed.`);
  unitOfWork.sealed = true;
  identityMap.clear();
}

/** What the event `extended` holds of it. */
export function extensionHash({ until, reason, operator, at }: Extension): string {
  return fingerprint(canonicalJson([until, reason, operator, at]));
}

/**
 * Notes that a deadline was extended, with its event. Runs inside a transaction. Throws LeaseLost,
 * or an Error when it was extended before.
 */
export function extend(
  on: Connection,
  token: string,
  requestId: string,
  extension: Extension,
): void {
  requireLease(on, token, requestId);
  const { until, reason, operator, at } = extension;
  const { changes } = on
    .sql(
      `UPDATE requests SET extended_until = ?, extension_reason = ?, extended_by = ?, extended_at = ?
       WHERE id = ? AND extended_until IS NULL`,
    )
    .run(until, reason, operator, at, requestId);
  if (changes !== 1) throw new Error(`The deadline of request ${requestId} was extended before.`);
  const identityMap = createIdentityMap(on);
  const unitOfWork = identityMap.request(requestId);
  append(unitOfWork, { at, kind: 'extended', sha256: extensionHash(extension) });
  updateState(on, unitOfWork, at);
  identityMap.clear();
}
