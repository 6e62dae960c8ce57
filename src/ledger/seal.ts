import type { Connection } from './connection.ts';
import { requireLease } from './lease-check.ts';

/** Notes that receipt and checksums stand in the bundle. Throws LeaseLost, or an Error if it has not ended. */
export function seal(on: Connection, token: string, requestId: string): void {
  requireLease(on, token, requestId);
  const { changes } = on
    .sql('UPDATE requests SET sealed = 1 WHERE id = ? AND finished_at IS NOT NULL')
    .run(requestId);
  if (changes !== 1)
    throw new Error(`Request ${requestId} has not ended; nothing is to be sealed.`);
}
