import type { PlannedRequest, Step } from '../requests/request.ts';
import type { StepPatch } from '../requests/transitions/change.ts';
import { type ChainEnd, writeNews } from './audit-log/append.ts';
import { NO_HEAD } from './audit-log/event.ts';
import type { Connection } from './file/connection.ts';
import {
  type Fields,
  columnList,
  integer,
  pickColumns,
  read,
  text,
  update,
} from './rows/columns.ts';
import { CHAIN, OWN_OF_REQUEST, STEP } from './rows/tables.ts';

const OWN = pickColumns(
  OWN_OF_REQUEST,
  'id',
  'outDir',
  'acceptPartial',
  'state',
  'finishedAt',
  'sealed',
);
const IN_HAND = pickColumns(
  STEP,
  'id',
  'operation',
  'state',
  'note',
  'error',
  'whole',
  'callId',
  'taskId',
  'blocked',
  'before',
  'earlier',
  'after',
  'finishedAt',
);

/** What is asked about a step while its request is written to. */
export type StepInHand = Fields<typeof IN_HAND>;

/**
 * A request while a transaction writes to it: read once, changed here, and written back when the
 * transaction has done its part. Its lease is not in it.
 */
export type UnitOfWork = ChainEnd &
  Fields<typeof OWN> & {
    isClosed: boolean;
    isExtended: boolean;
    readonly steps: readonly StepInHand[];
    /** What is to be written of steps, by their ids. */
    readonly patches: Map<string, StepPatch>;
  };

/** Of a request that is recorded just now; its steps stand as they are planned. */
export function newUnitOfWork(
  { id, outDir, acceptPartial = false }: PlannedRequest,
  steps: readonly Step[],
): UnitOfWork {
  return {
    id,
    outDir,
    acceptPartial,
    state: 'open',
    finishedAt: null,
    sealed: outDir === null,
    sequence: 0,
    head: NO_HEAD,
    isClosed: false,
    isExtended: false,
    steps,
    news: [],
    patches: new Map(),
  };
}

/** As it stands in the ledger. Throws an Error when there is no such request. */
function openUnitOfWork(on: Connection, id: string): UnitOfWork {
  const row = on
    .sql(
      `SELECT ${columnList(OWN)}, ${columnList(CHAIN)}, closed_at, extended_until FROM requests WHERE id = ?`,
    )
    .get(id);
  if (row === undefined) throw new Error(`There is no request ${id}.`);
  const steps = on
    .sql(`SELECT ${columnList(IN_HAND)} FROM steps WHERE request_id = ? ORDER BY ordinal`)
    .all(id)
    .map((step) => read(step, IN_HAND));
  return {
    ...read(row, OWN),
    ...read(row, CHAIN),
    isClosed: row['closed_at'] !== null,
    isExtended: row['extended_until'] !== null,
    steps,
    news: [],
    patches: new Map(),
  };
}

interface Found {
  unitOfWork: UnitOfWork;
  step: StepInHand;
}

/**
 * The requests that were written to last: a run writes to the same ones again and again. They are as
 * the ledger is, since all that writes to requests and steps here goes through an identity map (but
 * for leases, which are not in them), since a commit of somebody else's changes the file's `version`,
 * and since whoever rolls back calls `dropRemembered`.
 */
interface Remembered {
  version: number;
  requests: Map<string, UnitOfWork>;
  steps: Map<string, Found>;
}

/** More than a run has in hand. */
const MOST_KEPT = 5_000;

const remembered = new WeakMap<Connection, Remembered>();

/** What is remembered of the ledger may be wrong: something was rolled back. */
export function dropRemembered(on: Connection): void {
  remembered.delete(on);
}

/** The units of work of the transaction that is under way, each opened once; none is yet. */
export function createIdentityMap(on: Connection) {
  const { requests, steps } = rememberedOf(on);
  /** Each with what it was when it was opened. */
  const opened = new Map<UnitOfWork, UnitOfWork>();

  function use(unitOfWork: UnitOfWork): UnitOfWork {
    if (!opened.has(unitOfWork)) opened.set(unitOfWork, { ...unitOfWork });
    return unitOfWork;
  }

  /** Throws an Error when there is no such request. */
  function request(id: string): UnitOfWork {
    const known = requests.get(id);
    if (known !== undefined) return use(known);
    const unitOfWork = openUnitOfWork(on, id);
    requests.set(id, unitOfWork);
    for (const step of unitOfWork.steps) steps.set(step.id, { unitOfWork, step });
    return use(unitOfWork);
  }

  return {
    request,
    /** A step and its request. Throws an Error when there is no such step. */
    step(id: string): Found {
      if (!steps.has(id)) {
        const row = on.sql('SELECT request_id FROM steps WHERE id = ?').get(id);
        if (row !== undefined) request(text(row, 'request_id'));
      }
      const found = steps.get(id);
      if (found === undefined) throw new Error(`There is no step ${id}.`);
      use(found.unitOfWork);
      return found;
    },
    /** Writes back what has become of them; to be called at the end. */
    writeBack(): void {
      for (const [unitOfWork, before] of opened) writeBack(on, unitOfWork, before);
    },
  };
}

function rememberedOf(on: Connection): Remembered {
  const row = on.sql('PRAGMA data_version').get();
  const version = row === undefined ? Number.NaN : integer(row, 'data_version');
  const known = remembered.get(on);
  if (known?.version === version && known.requests.size < MOST_KEPT) return known;
  const made: Remembered = { version, requests: new Map(), steps: new Map() };
  remembered.set(on, made);
  return made;
}

function writeBack(on: Connection, unitOfWork: UnitOfWork, before: UnitOfWork): void {
  const { id, state, finishedAt, sealed, sequence, head, patches } = unitOfWork;
  for (const [stepId, patch] of patches) update(on, 'steps', STEP, stepId, patch);
  patches.clear();
  writeNews(on, unitOfWork);
  if (sequence !== before.sequence) update(on, 'requests', CHAIN, id, { sequence, head });
  // Apart: what it says is in many indexes, which are left alone while it stays the same.
  const isSame =
    state === before.state && finishedAt === before.finishedAt && sealed === before.sealed;
  if (!isSame) update(on, 'requests', OWN_OF_REQUEST, id, { state, finishedAt, sealed });
}
