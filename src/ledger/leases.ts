import type { ProcessIdentity } from '../host.ts';
import { integer, text, textOrNull, type Row } from './columns.ts';
import { togetherFree } from './companions.ts';
import type { Connection } from './connection.ts';
import type { HeldBy, Holder } from './ledger.ts';

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
  const isFree = (id: string): boolean => {
    const row = leaseRow(on, id);
    if (row === undefined) return false;
    const lease = leaseFrom(row);
    return lease === null || lease.token === holder.token || !lives(lease);
  };
  const taken = togetherFree(on, ids, isFree);
  for (const id of taken) {
    on.sql('UPDATE requests SET lease_token = ? WHERE id = ? AND lease_token IS NOT ?').run(
      holder.token,
      id,
      holder.token,
    );
  }
  forgetIdle(on);
  return ids.filter((id) => taken.has(id));
}

export function renew(on: Connection, holder: Holder, at: number): void {
  on.sql('UPDATE holders SET until = ? WHERE token = ?').run(at + LEASE_MS, holder.token);
}

export function release(on: Connection, holder: Holder): void {
  on.sql('UPDATE requests SET lease_token = NULL WHERE lease_token = ?').run(holder.token);
  forgetIdle(on);
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
  return ids.flatMap((requestId) => {
    const row = leaseRow(on, requestId);
    const lease = row === undefined ? null : leaseFrom(row);
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

function leaseRow(on: Connection, requestId: string): Row | undefined {
  return on
    .sql(
      `SELECT holders.* FROM requests LEFT JOIN holders ON holders.token = requests.lease_token
       WHERE requests.id = ?`,
    )
    .get(requestId);
}

function leaseFrom(row: Row): Lease | null {
  const token = textOrNull(row, 'token');
  if (token === null) return null;
  return {
    token,
    process: {
      host: text(row, 'host'),
      boot: text(row, 'boot'),
      pid: integer(row, 'pid'),
      started: text(row, 'started'),
    },
    until: integer(row, 'until'),
  };
}

function forgetIdle(on: Connection): void {
  on.sql(
    'DELETE FROM holders WHERE NOT EXISTS (SELECT 1 FROM requests WHERE lease_token = holders.token)',
  ).run();
}
