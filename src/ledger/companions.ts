import { text } from './columns.ts';
import type { Connection } from './connection.ts';

/**
 * The requests, and all that go with them: those that share a call with one of them which has not
 * ended, those that share another with these, and so on. By request; those that go together have
 * the same set.
 */
export function together(
  on: Connection,
  ids: readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const underWay = withCallsUnderWay(on, ids);
  const groups = new Map<string, ReadonlySet<string>>();
  for (const id of ids) {
    if (groups.has(id)) continue;
    const group = underWay.has(id) ? companionsOf(on, id) : new Set([id]);
    for (const each of group) groups.set(each, group);
  }
  return groups;
}

/** Most have none, which one look tells. */
function withCallsUnderWay(on: Connection, ids: readonly string[]): ReadonlySet<string> {
  const rows = on
    .sql(
      `SELECT DISTINCT steps.request_id FROM json_each(?) AS picked
       CROSS JOIN steps ON steps.request_id = picked.value
       WHERE finished_at IS NULL AND call_id IS NOT NULL`,
    )
    .all(JSON.stringify(ids));
  return new Set(rows.map((row) => text(row, 'request_id')));
}

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
