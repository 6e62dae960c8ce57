import { GdprError, reasonOf } from '../../errors.ts';
import type { Clock } from '../../host/host.ts';
import { DamagedRow, faultOf } from '../faults.ts';
import { type Connection, snapshot } from '../file/connection.ts';
import { type Inspected, inspect } from '../file/inspect.ts';
import { readRequest } from '../queries/request.ts';
import { integer, text } from '../rows/columns.ts';
import { eventsOf } from './append.ts';
import { chainFault } from './verify.ts';

/** How many records are read before others may go on. */
const PAGE = 200;

/** How many faults are told one by one; the others are counted. */
const TOLD = 5;

/** What a ledger was found to be. */
export interface LedgerIntegrity {
  file: string;
  version: number;
  /** False: an older version, which the next use brings up to date. */
  current: boolean;
  /** Permission bits of the file. */
  mode: number;
  /** What SQLite finds wrong with the file, in its words; the first few. */
  damage: readonly string[];
  /** Rows that name a row which is not there. */
  orphans: number;
  /** Requests whose events were verified. */
  requests: number;
  /** Requests whose record does not hold, and in the words of the ledger the first few. */
  broken: { count: number; told: readonly string[] };
  /** Whether it was read to its end; false: it was to stop. */
  whole: boolean;
}

/**
 * Checks a ledger from end to end: SQLite's own checks, then the event chain of every request and,
 * at the current version, whether the request is what its events say. Reads page by page. Null:
 * there is none. Throws GdprError `ledger` or `storage` where it cannot be opened.
 */
export async function examineLedger(
  folder: string,
  clock: Pick<Clock, 'turn'>,
  stop: AbortSignal,
): Promise<LedgerIntegrity | null> {
  return inspect(folder, async (inspected) => {
    const { on, version, current, mode } = inspected;
    const { damage, orphans } = ofFile(on);
    await clock.turn();
    const records = await ofRecords(inspected, clock, stop);
    return { file: on.file, version, current, mode, damage, orphans, ...records };
  });
}

function ofFile(on: Connection): { damage: string[]; orphans: number } {
  try {
    const found = on.db.prepare(`PRAGMA integrity_check(${String(TOLD)})`).all();
    const damage = found.map((row) => text(row, 'integrity_check')).filter((word) => word !== 'ok');
    let orphans = 0;
    for (const _ of on.db.prepare('PRAGMA foreign_key_check').iterate()) orphans += 1;
    return { damage, orphans };
  } catch (thrown) {
    return { damage: [reasonOf(faultOf(thrown, on.file))], orphans: 0 };
  }
}

async function ofRecords(
  { on, current }: Inspected,
  clock: Pick<Clock, 'turn'>,
  stop: AbortSignal,
): Promise<Pick<LedgerIntegrity, 'requests' | 'broken' | 'whole'>> {
  const told: string[] = [];
  let [requests, count, after] = [0, 0, 0];
  const faultAt = current ? recordFault : eventsFault;
  const note = (fault: string): void => {
    count += 1;
    if (told.length < TOLD) told.push(fault);
  };
  for (;;) {
    if (stop.aborted) return { requests, broken: { count, told }, whole: false };
    const from = after;
    try {
      const page = snapshot(on, () =>
        idsAfter(on, from).map(({ id, ordinal }) => ({ ordinal, fault: faultAt(on, id) })),
      );
      for (const { fault } of page) if (fault !== null) note(fault);
      requests += page.length;
      after = page.at(-1)?.ordinal ?? 0;
    } catch (thrown) {
      // A page that cannot be read at all: what lies behind it cannot be reached either.
      note(reasonOf(thrown));
      return { requests, broken: { count, told }, whole: true };
    }
    if (after === 0) return { requests, broken: { count, told }, whole: true };
    await clock.turn();
  }
}

function idsAfter(on: Connection, ordinal: number): { id: string; ordinal: number }[] {
  return on
    .sql('SELECT ordinal, id FROM requests WHERE ordinal > ? ORDER BY ordinal LIMIT ?')
    .all(ordinal, PAGE)
    .map((row) => ({ id: text(row, 'id'), ordinal: integer(row, 'ordinal') }));
}

function recordFault(on: Connection, id: string): string | null {
  try {
    readRequest(on, id);
    return null;
  } catch (thrown) {
    if (thrown instanceof GdprError) return thrown.message;
    if (thrown instanceof DamagedRow) return `${id}: ${thrown.message}`;
    throw thrown;
  }
}

/** Of a version whose other columns are not those of today: the events never change their form. */
function eventsFault(on: Connection, id: string): string | null {
  try {
    const row = on.sql('SELECT sequence, head FROM requests WHERE id = ?').get(id) ?? {};
    const end = { sequence: integer(row, 'sequence'), head: text(row, 'head') };
    const fault = chainFault(id, eventsOf(on, id), end);
    return fault === null ? null : `The record of request ${id} is broken: ${fault}.`;
  } catch (thrown) {
    if (thrown instanceof DamagedRow) return `${id}: ${thrown.message}`;
    throw thrown;
  }
}
