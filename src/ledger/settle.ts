import type { Closing } from '../requests/request.ts';
import { append } from './append.ts';
import { canonicalJson, fingerprint } from './canonical.ts';
import type { Connection } from './connection.ts';
import { openDesk } from './desk.ts';
import { requireLease } from './lease-check.ts';
import { bringUpToDate } from './upkeep.ts';

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
  const desk = openDesk(on);
  const dossier = desk.request(requestId);
  dossier.isClosed = true;
  append(dossier, { at, kind: 'closed', sha256: closingHash(closing) });
  bringUpToDate(on, dossier, at);
  desk.clear();
}
