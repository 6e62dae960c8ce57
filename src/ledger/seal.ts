import type { Connection } from './connection.ts';
import { openDesk } from './desk.ts';
import { requireLease } from './lease-check.ts';

/** Notes that receipt and checksums stand in the bundle. Throws LeaseLost, or an Error if it has not ended. */
export function seal(on: Connection, token: string, requestId: string): void {
  requireLease(on, token, requestId);
  const desk = openDesk(on);
  const dossier = desk.request(requestId);
  if (dossier.finishedAt === null)
    throw new Error(`Request ${requestId} has not ended; nothing is to be sealed.`);
  dossier.sealed = true;
  desk.clear();
}
