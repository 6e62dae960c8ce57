import { writeNews } from './audit-log/append.ts';
import type { Connection } from './file/connection.ts';
import { integer, text } from './rows/columns.ts';
import { patchStep } from './rows/patch.ts';
import { type UnitOfWork, type StepInHand, openUnitOfWork } from './unit-of-work.ts';

/** The dossiers that one transaction works on, each opened once. */
export interface IdentityMap {
  /** Throws an Error when there is no such request. */
  request(id: string): UnitOfWork;
  /** A step and its request. Throws an Error when there is no such step. */
  step(id: string): Found;
  /** Writes back what has become of them; to be called at the end. */
  clear(): void;
}

interface Found {
  unitOfWork: UnitOfWork;
  step: StepInHand;
}

/**
 * Dossiers of the requests that were written to last: a run writes to the same ones again and again.
 * They are as the ledger is, since all that writes to requests and steps here goes through a identityMap
 * (but for leases, which are not in them), since a commit of somebody else's changes the file's
 * `version`, and since whoever rolls back calls `forget`.
 */
interface Shelf {
  version: number;
  dossiers: Map<string, UnitOfWork>;
  steps: Map<string, Found>;
}

/** More than a run has in hand. */
const MOST_KEPT = 5_000;

const shelves = new WeakMap<Connection, Shelf>();

/** What is remembered of the ledger may be wrong: something was rolled back. */
export function forget(on: Connection): void {
  shelves.delete(on);
}

/** An empty identityMap, for the transaction that is under way. */
export function createIdentityMap(on: Connection): IdentityMap {
  const { dossiers, steps } = shelfOf(on);
  const opened = new Map<UnitOfWork, Standing>();

  function lay(unitOfWork: UnitOfWork): UnitOfWork {
    if (!opened.has(unitOfWork)) opened.set(unitOfWork, standingOf(unitOfWork));
    return unitOfWork;
  }

  function request(id: string): UnitOfWork {
    const known = dossiers.get(id);
    if (known !== undefined) return lay(known);
    const unitOfWork = openUnitOfWork(on, id);
    dossiers.set(id, unitOfWork);
    for (const step of unitOfWork.steps) steps.set(step.id, { unitOfWork, step });
    return lay(unitOfWork);
  }

  return {
    request,
    step(id) {
      const known = steps.get(id);
      if (known !== undefined) {
        lay(known.unitOfWork);
        return known;
      }
      const row = on.sql('SELECT request_id FROM steps WHERE id = ?').get(id);
      if (row !== undefined) request(text(row, 'request_id'));
      const found = steps.get(id);
      if (found === undefined) throw new Error(`There is no step ${id}.`);
      return found;
    },
    clear() {
      for (const [unitOfWork, before] of opened) writeBack(on, unitOfWork, before);
    },
  };
}

function shelfOf(on: Connection): Shelf {
  const row = on.sql('PRAGMA data_version').get();
  const version = row === undefined ? Number.NaN : integer(row, 'data_version');
  const known = shelves.get(on);
  if (known?.version === version && known.dossiers.size < MOST_KEPT) return known;
  const shelf: Shelf = { version, dossiers: new Map(), steps: new Map() };
  shelves.set(on, shelf);
  return shelf;
}

type Standing = Pick<UnitOfWork, 'state' | 'finishedAt' | 'sealed' | 'sequence'>;

function standingOf({ state, finishedAt, sealed, sequence }: UnitOfWork): Standing {
  return { state, finishedAt, sealed, sequence };
}

function writeBack(on: Connection, unitOfWork: UnitOfWork, before: Standing): void {
  const { id, state, finishedAt, sealed, sequence, head, patches } = unitOfWork;
  for (const [stepId, patch] of patches) patchStep(on, stepId, patch);
  patches.clear();
  writeNews(on, unitOfWork);
  if (sequence !== before.sequence) {
    on.sql('UPDATE requests SET sequence = ?, head = ? WHERE id = ?').run(sequence, head, id);
  }
  // Apart: what it says is in many indexes, which are left alone while it stays the same.
  const isSame =
    state === before.state && finishedAt === before.finishedAt && sealed === before.sealed;
  if (isSame) return;
  on.sql('UPDATE requests SET state = ?, finished_at = ?, sealed = ? WHERE id = ?').run(
    state,
    finishedAt,
    Number(sealed),
    id,
  );
}
