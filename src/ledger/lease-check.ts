import { textOrNull } from './columns.ts';
import type { Connection } from './connection.ts';
import { LeaseLost } from './ledger.ts';

/** Throws LeaseLost unless the token holds the request now. Runs inside the transaction that writes. */
export function requireLease(on: Connection, token: string, requestId: string): void {
  const row = on.sql('SELECT lease_token FROM requests WHERE id = ?').get(requestId);
  if (row === undefined || textOrNull(row, 'lease_token') !== token) {
    throw new LeaseLost(`Request ${requestId} is held by another process now.`);
  }
}
