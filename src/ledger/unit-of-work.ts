import {
  ALL_OPERATIONS,
  type PlannedRequest,
  REQUEST_STATES,
  type RequestState,
  STEP_STATES,
  type Step,
} from '../requests/request.ts';
import type { StepPatch } from '../requests/transitions/change.ts';
import { type ChainedEvent, NO_HEAD } from './audit-log/event.ts';
import type { Connection } from './file/connection.ts';
import {
  type Row,
  flag,
  integer,
  integerOrNull,
  text,
  textOrNull,
  word,
  wordOrNull,
} from './rows/columns.ts';
import { FINDINGS, SIGHTS } from './rows/words.ts';

/** What is asked about a step while its request is written to. */
export type StepInHand = Pick<
  Step,
  | 'id'
  | 'operation'
  | 'state'
  | 'note'
  | 'whole'
  | 'callId'
  | 'taskId'
  | 'blocked'
  | 'before'
  | 'earlier'
  | 'after'
  | 'finishedAt'
> & {
  /** As it stands in its column; null: it has none. */
  error: string | null;
};

/**
 * A request while a transaction writes to it: read once, changed here, and written back when the
 * transaction has done its part. Its lease is not in it.
 */
export interface UnitOfWork {
  readonly id: string;
  readonly outDir: string | null;
  readonly acceptPartial: boolean;
  isClosed: boolean;
  state: RequestState;
  finishedAt: number | null;
  sealed: boolean;
  /** The end of its chain, with what is `news`. */
  sequence: number;
  head: string;
  readonly steps: readonly StepInHand[];
  /** Events that are not written yet. */
  readonly news: ChainedEvent[];
  /** What is to be written of steps, by their ids. */
  readonly patches: Map<string, StepPatch>;
}

/** As it stands in the ledger. Throws an Error when there is no such request. */
export function openUnitOfWork(on: Connection, id: string): UnitOfWork {
  const row = on
    .sql(
      `SELECT id, out_dir, accept_partial, closed_at, state, finished_at, sealed, sequence, head
       FROM requests WHERE id = ?`,
    )
    .get(id);
  if (row === undefined) throw new Error(`There is no request ${id}.`);
  return {
    id,
    outDir: textOrNull(row, 'out_dir'),
    acceptPartial: flag(row, 'accept_partial'),
    isClosed: row['closed_at'] !== null,
    state: word(row, 'state', REQUEST_STATES),
    finishedAt: integerOrNull(row, 'finished_at'),
    sealed: flag(row, 'sealed'),
    sequence: integer(row, 'sequence'),
    head: text(row, 'head'),
    steps: stepsInHand(on, id),
    news: [],
    patches: new Map(),
  };
}

/** Of a request that is recorded just now; its steps stand as they are planned. */
export function newUnitOfWork(plan: PlannedRequest, at: number): UnitOfWork {
  return {
    id: plan.id,
    outDir: plan.outDir,
    acceptPartial: plan.acceptPartial ?? false,
    isClosed: false,
    state: 'open',
    finishedAt: null,
    sealed: plan.outDir === null,
    sequence: 0,
    head: NO_HEAD,
    steps: plan.steps.map(({ id, operation, state = 'planned', note, before, earlier }) => ({
      id,
      operation,
      state,
      note: note ?? null,
      whole: true,
      callId: null,
      taskId: null,
      blocked: false,
      before: before ?? null,
      earlier: earlier ?? null,
      after: null,
      finishedAt: state === 'planned' ? null : at,
      error: null,
    })),
    news: [],
    patches: new Map(),
  };
}

function stepsInHand(on: Connection, requestId: string): readonly StepInHand[] {
  return on
    .sql(
      `SELECT id, operation, state, note, error, whole, call_id, task_id, blocked, before, earlier,
         after, finished_at FROM steps WHERE request_id = ? ORDER BY ordinal`,
    )
    .all(requestId)
    .map(stepInHand);
}

function stepInHand(row: Row): StepInHand {
  return {
    id: text(row, 'id'),
    operation: word(row, 'operation', ALL_OPERATIONS),
    state: word(row, 'state', STEP_STATES),
    note: textOrNull(row, 'note'),
    whole: flag(row, 'whole'),
    callId: textOrNull(row, 'call_id'),
    taskId: textOrNull(row, 'task_id'),
    blocked: flag(row, 'blocked'),
    before: wordOrNull(row, 'before', SIGHTS),
    earlier: textOrNull(row, 'earlier'),
    after: wordOrNull(row, 'after', FINDINGS),
    finishedAt: integerOrNull(row, 'finished_at'),
    error: textOrNull(row, 'error'),
  };
}
