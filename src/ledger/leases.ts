import type { ProcessIdentity } from '../host/host.ts';
import type { Connection } from './file/connection.ts';
import { type HeldBy, type Holder, LeaseLost } from './ledger.ts';
import { type Columns, type Row, integer, read, text, textOrNull } from './rows/columns.ts';

/** How long a holder that nobody can look at may stay silent. */
const LEASE_MS = 60_000;

/** Who asks, and how a process of the same machine is looked at. */
export interface Observer {
  process: ProcessIdentity;
  isAlive(process: ProcessIdentity): boolean;
}

interface Lease {
  token: string;
  process: ProcessIdentity;
  until: number;
}

/**
 * Takes what nobody living holds; answers with those of the ids that were taken, those already ours
 * included. Requests that share a call which has not ended are taken all together or not at all.
 */
export function take(
  on: Connection,
  ids: readonly string[],
  holder: Holder,
  observer: Observer,
  at: number,
): readonly string[] {
  const { host, boot, pid, started } = holder.process;
  on.sql(
    `INSERT INTO holders (token, host, boot, pid, started, until) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (token) DO UPDATE SET until = excluded.until`,
  ).run(holder.token, host, boot, pid, started, at + LEASE_MS);
  const lives = livingAt(at, observer);
  const groups = together(on, ids);
  const leases = leasesOf(on, [...groups.keys()]);
  const isFree = (id: string): boolean => {
    const lease = leases.get(id);
    if (lease === undefined) return false;
    return lease === null || lease.token === holder.token || !lives(lease);
  };
  const free = new Map<ReadonlySet<string>, boolean>();
  for (const group of groups.values()) {
    if (!free.has(group)) free.set(group, [...group].every(isFree));
  }
  const taken = [...groups].flatMap(([id, group]) => (free.get(group) === true ? [id] : []));
  on.sql(
    `UPDATE requests SET lease_token = ?1
     WHERE id IN (SELECT value FROM json_each(?2)) AND lease_token IS NOT ?1`,
  ).run(holder.token, JSON.stringify(taken));
  forgetIdle(on);
  const own = new Set(taken);
  return ids.filter((id) => own.has(id));
}

export function renew(on: Connection, holder: Holder, at: number): void {
  on.sql('UPDATE holders SET until = ? WHERE token = ?').run(at + LEASE_MS, holder.token);
}

export function release(on: Connection, holder: Holder): void {
  on.sql('UPDATE requests SET lease_token = NULL WHERE lease_token = ?').run(holder.token);
  forgetIdle(on);
}

/**
 * Gives back what has ended and is sealed, and whose steps have ended too: those of one that was
 * closed by hand may still share a call. Answers with how many the token still holds.
 */
export function releaseEnded(on: Connection, holder: Holder): number {
  on.sql(
    `UPDATE requests SET lease_token = NULL
     WHERE lease_token = ? AND +unfinished = 0 AND NOT EXISTS (
       SELECT 1 FROM steps WHERE steps.request_id = requests.id AND finished_at IS NULL)`,
  ).run(holder.token);
  const held = on.sql('SELECT count(*) AS held FROM requests WHERE lease_token = ?');
  return integer(held.get(holder.token) ?? {}, 'held');
}

/** Those of the requests that a living process with another token holds. */
export function heldByOthers(
  on: Connection,
  ids: readonly string[],
  token: string,
  observer: Observer,
  at: number,
): readonly HeldBy[] {
  const lives = livingAt(at, observer);
  const leases = leasesOf(on, ids);
  return ids.flatMap((requestId) => {
    const lease = leases.get(requestId) ?? null;
    if (lease === null || lease.token === token || !lives(lease)) return [];
    return [{ requestId, process: lease.process }];
  });
}

/** Whether a holder still counts; each is looked at once. */
function livingAt(at: number, observer: Observer): (lease: Lease) => boolean {
  const known = new Map<string, boolean>();
  return (lease) => {
    const seen = known.get(lease.token) ?? isLiving(lease, observer, at);
    known.set(lease.token, seen);
    return seen;
  };
}

function isLiving({ process, until }: Lease, observer: Observer, at: number): boolean {
  if (until <= at) return false;
  if (process.host !== observer.process.host) return true;
  return process.boot === observer.process.boot && observer.isAlive(process);
}

/** The lease of each of the requests that there are; null: nobody has it. */
function leasesOf(on: Connection, ids: readonly string[]): ReadonlyMap<string, Lease | null> {
  const rows = on
    .sql(
      `SELECT requests.id, holders.* FROM json_each(?) AS picked
       CROSS JOIN requests ON requests.id = picked.value
       LEFT JOIN holders ON holders.token = requests.lease_token`,
    )
    .all(JSON.stringify(ids));
  return new Map(rows.map((row) => [text(row, 'id'), leaseFrom(row)]));
}

const PROCESS: Columns<ProcessIdentity> = {
  host: ['host', text],
  boot: ['boot', text],
  pid: ['pid', integer],
  started: ['started', text],
};

function leaseFrom(row: Row): Lease | null {
  const token = textOrNull(row, 'token');
  if (token === null) return null;
  return { token, process: read(row, PROCESS), until: integer(row, 'until') };
}

function forgetIdle(on: Connection): void {
  on.sql(
    'DELETE FROM holders WHERE NOT EXISTS (SELECT 1 FROM requests WHERE lease_token = holders.token)',
  ).run();
}

/** Throws LeaseLost unless the token holds the request now. Runs inside the transaction that writes. */
export function requireLease(on: Connection, token: string, requestId: string): void {
  const row = on.sql('SELECT lease_token FROM requests WHERE id = ?').get(requestId);
  if (row === undefined || textOrNull(row, 'lease_token') !== token) {
    throw new LeaseLost(`Request ${requestId} is held by another process now.`);
  }
}

/**
 * The requests, and all that go with them: those that share a call with one of them which has not
 * ended, those that share another with these, and so on. By request; those that go together have
 * the same set.
 */
function together(
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
  const rows = on
    .sql(
      `WITH RECURSIVE shared (call_id) AS (
         SELECT call_id FROM steps
         WHERE request_id = ? AND finished_at IS NULL AND call_id IS NOT NULL
         UNION
         SELECT own.call_id FROM shared
         CROSS JOIN steps AS served
           ON served.call_id = shared.call_id AND served.finished_at IS NULL
         CROSS JOIN steps AS own ON own.request_id = served.request_id
         WHERE own.finished_at IS NULL AND own.call_id IS NOT NULL)
       SELECT steps.request_id FROM shared
       CROSS JOIN steps ON steps.call_id = shared.call_id WHERE steps.finished_at IS NULL`,
    )
    .all(requestId);
  return new Set(rows.map((row) => text(row, 'request_id')));
}

/** The requests that have a step which this call serves and which has not ended, the oldest first. */
export function companions(on: Connection, callId: string): readonly string[] {
  const rows = on
    .sql('SELECT request_id FROM steps WHERE call_id = ? AND finished_at IS NULL ORDER BY ordinal')
    .all(callId);
  return [...new Set(rows.map((row) => text(row, 'request_id')))];
}
