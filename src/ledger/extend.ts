import type { Extension } from '../requests/request.ts';
import { append } from './append.ts';
import { canonicalJson, fingerprint } from './canonical.ts';
import type { Connection } from './connection.ts';
import { openDesk } from './desk.ts';
import { requireLease } from './lease-check.ts';
import { bringUpToDate } from './upkeep.ts';

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
  const desk = openDesk(on);
  const dossier = desk.request(requestId);
  append(dossier, { at, kind: 'extended', sha256: extensionHash(extension) });
  bringUpToDate(on, dossier, at);
  desk.clear();
}
