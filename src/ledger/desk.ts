import { writeNews } from './append.ts';
import { integer, text } from './columns.ts';
import type { Connection } from './connection.ts';
import { openDossier, type Dossier, type StepInHand } from './dossier.ts';
import { patchStep } from './patch.ts';

/** The dossiers that one transaction works on, each opened once. */
export interface Desk {
  /** Throws an Error when there is no such request. */
  request(id: string): Dossier;
  /** A step and its request. Throws an Error when there is no such step. */
  step(id: string): Found;
  /** Writes back what has become of them; to be called at the end. */
  clear(): void;
}

interface Found {
  dossier: Dossier;
  step: StepInHand;
}

/**
 * Dossiers of the requests that were written to last: a run writes to the same ones again and again.
 * They are as the ledger is, since all that writes to requests and steps here goes through a desk
 * (but for leases, which are not in them), since a commit of somebody else's changes the file's
 * `version`, and since whoever rolls back calls `forget`.
 */
interface Shelf {
  version: number;
  dossiers: Map<string, Dossier>;
  steps: Map<string, Found>;
}

/** More than a run has in hand. */
const MOST_KEPT = 5_000;

const shelves = new WeakMap<Connection, Shelf>();

/** What is remembered of the ledger may be wrong: something was rolled back. */
export function forget(on: Connection): void {
  shelves.delete(on);
}

/** An empty desk, for the transaction that is under way. */
export function openDesk(on: Connection): Desk {
  const { dossiers, steps } = shelfOf(on);
  const opened = new Map<Dossier, Standing>();

  function lay(dossier: Dossier): Dossier {
    if (!opened.has(dossier)) opened.set(dossier, standingOf(dossier));
    return dossier;
  }

  function request(id: string): Dossier {
    const known = dossiers.get(id);
    if (known !== undefined) return lay(known);
    const dossier = openDossier(on, id);
    dossiers.set(id, dossier);
    for (const step of dossier.steps) steps.set(step.id, { dossier, step });
    return lay(dossier);
  }

  return {
    request,
    step(id) {
      const known = steps.get(id);
      if (known !== undefined) {
        lay(known.dossier);
        return known;
      }
      const row = on.sql('SELECT request_id FROM steps WHERE id = ?').get(id);
      if (row !== undefined) request(text(row, 'request_id'));
      const found = steps.get(id);
      if (found === undefined) throw new Error(`There is no step ${id}.`);
      return found;
    },
    clear() {
      for (const [dossier, before] of opened) writeBack(on, dossier, before);
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

type Standing = Pick<Dossier, 'state' | 'finishedAt' | 'sealed' | 'sequence'>;

function standingOf({ state, finishedAt, sealed, sequence }: Dossier): Standing {
  return { state, finishedAt, sealed, sequence };
}

function writeBack(on: Connection, dossier: Dossier, before: Standing): void {
  const { id, state, finishedAt, sealed, sequence, head, patches } = dossier;
  for (const [stepId, patch] of patches) patchStep(on, stepId, patch);
  patches.clear();
  writeNews(on, dossier);
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
