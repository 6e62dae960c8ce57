import { text } from './columns.ts';
import type { Connection } from './connection.ts';

/** The requests, and all that go with them, where each of those that go together is free. */
export function togetherFree(
  on: Connection,
  ids: readonly string[],
  isFree: (id: string) => boolean,
): ReadonlySet<string> {
  const free = new Set<string>();
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) continue;
    const together = [...companionsOf(on, id)];
    const areFree = together.every(isFree);
    for (const each of together) {
      seen.add(each);
      if (areFree) free.add(each);
    }
  }
  return free;
}

/**
 * The request and all that go with it: those that share a call with it which has not ended, those
 * that share another with them, and so on.
 */
function companionsOf(on: Connection, requestId: string): ReadonlySet<string> {
  const found = new Set([requestId]);
  const calls = new Set<string>();
  // A set that grows while it is walked is walked to its new end.
  for (const each of found) {
    for (const callId of callsUnderWay(on, each)) {
      if (calls.has(callId)) continue;
      calls.add(callId);
      for (const other of companions(on, callId)) found.add(other);
    }
  }
  return found;
}

function callsUnderWay(on: Connection, requestId: string): readonly string[] {
  return on
    .sql(
      `SELECT call_id FROM steps
       WHERE request_id = ? AND finished_at IS NULL AND call_id IS NOT NULL`,
    )
    .all(requestId)
    .map((row) => text(row, 'call_id'));
}

/** The requests that have a step which this call serves and which has not ended, the oldest first. */
export function companions(on: Connection, callId: string): readonly string[] {
  const rows = on
    .sql('SELECT request_id FROM steps WHERE call_id = ? AND finished_at IS NULL ORDER BY ordinal')
    .all(callId);
  return [...new Set(rows.map((row) => text(row, 'request_id')))];
}
