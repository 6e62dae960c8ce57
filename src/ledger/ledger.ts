import type { ProcessIdentity } from '../host.ts';
import type { Change } from '../requests/change.ts';
import type {
  Call,
  Operation,
  PlannedRequest,
  Request,
  RequestState,
  Step,
  StepState,
} from '../requests/request.ts';
import type { Confirmation } from '../requests/confirmation.ts';
import type { Verdict } from '../requests/standing.ts';

/** A process at work, and the token that every write of its carries. */
export interface Holder {
  token: string;
  process: ProcessIdentity;
}

/** Pure: `standing` are the unsettled requests that share an account and id with `wanted`. */
export type Judge = (wanted: PlannedRequest, standing: readonly Request[]) => Verdict;

export interface Opened {
  wanted: PlannedRequest;
  verdict: Verdict;
}

export interface RequestFilter {
  ids?: readonly string[];
  /** Any of the subject's ids. */
  user?: string;
  states?: readonly RequestState[];
  /** Only what `resume` has to do with: not ended, or ended and not sealed. */
  unfinished?: boolean;
  limit?: number;
}

/** A step with what it needs to go on: its present call, and its request's bundle folder. */
export interface DueStep {
  step: Step;
  call: Call | null;
  outDir: string | null;
  /** Some look-up before the question saw the subject, or this ledger has an earlier erase of it. */
  known: boolean;
}

/** Steps that may share a call: same operation and options, and the same `batch`. */
export interface Group {
  operation: Operation;
  options: Readonly<Record<string, unknown>>;
  batch: string | null;
}

/** A deletion that this ledger has on record for a person at an account. */
export interface PastErasure {
  subjectId: string;
  requestId: string;
  operation: Operation;
  options: Readonly<Record<string, unknown>>;
  /** When its step ended, ms. */
  finishedAt: number;
}

/** Which steps to look for. */
export interface DueQuery {
  at: number;
  limit: number;
  /** Only steps of these accounts: others cannot be worked on now. */
  accounts: readonly string[];
  /** Only steps in these states; absent: any that has not ended. */
  states?: readonly StepState[];
  /** Only steps of these operations; absent: any. */
  operations?: readonly Operation[];
  /** Only steps of this group. */
  group?: Group;
}

export interface HeldBy {
  requestId: string;
  process: ProcessIdentity;
}

/**
 * The durable record. It speaks of requests and steps, not of SQL. Writes made in the same turn
 * share a transaction and settle after its commit. Throws GdprError `ledger` (damaged, foreign,
 * newer, unreadable: nothing was overwritten) or `storage` (disk full, read-only, busy).
 */
export interface Ledger {
  /**
   * Records requests with their steps, or none of them if one verdict is `conflict`. Judging and
   * recording are one transaction, the event `confirmed` included: an erase or a restore is not
   * recorded without `confirmation`, and one that is carried on is confirmed anew.
   */
  open(
    wanted: readonly PlannedRequest[],
    judge: Judge,
    at: number,
    confirmation?: Confirmation,
  ): Promise<readonly Opened[]>;
  /** The verdicts that `open` would give now; nothing is recorded. */
  weigh(wanted: readonly PlannedRequest[], judge: Judge): Promise<readonly Opened[]>;
  /** Confirms recorded requests anew. Throws LeaseLost for one that the token does not hold. */
  confirm(token: string, ids: readonly string[], confirmation: Confirmation): Promise<void>;
  /** The deletions that succeeded for these subjects at an account, oldest first. */
  erasures(account: string, subjectIds: readonly string[]): Promise<readonly PastErasure[]>;

  /**
   * Takes the lease of those requests that nobody living holds; answers with the ids taken. Those
   * that share a call which has not ended go together: they are taken as well, or none of them.
   */
  take(ids: readonly string[], holder: Holder, at: number): Promise<readonly string[]>;
  /** Prolongs all that this token holds. */
  renew(holder: Holder, at: number): Promise<void>;
  release(holder: Holder): Promise<void>;
  /** Those of the requests that a living process other than this token's holds. */
  heldByOthers(ids: readonly string[], token: string, at: number): Promise<readonly HeldBy[]>;

  /**
   * Applies a change in one transaction, events included, and brings `state`, `finishedAt` and
   * `sealed` of the requests up to date. Throws LeaseLost when the token no longer holds one of
   * them: nothing of the change is written then.
   */
  record(token: string, change: Change): Promise<void>;
  /** Receipt and checksums stand in the bundle. */
  seal(token: string, requestId: string): Promise<void>;

  /**
   * Steps of requests that the token holds, not ended, not blocked, with `nextAt` reached; oldest
   * first. A deletion or restore that is `planned` and not confirmed, or too long ago, is none.
   */
  due(token: string, query: DueQuery): Promise<readonly DueStep[]>;
  /** The earliest `nextAt` after `query.at` among the same steps; null: none waits. `limit` is not used. */
  nextDueAt(token: string, query: DueQuery): Promise<number | null>;
  /** Whether a step of the group, of a request that the token holds, is `planned` and blocked. */
  isAwaited(token: string, account: string, group: Group): Promise<boolean>;
  /** All steps that have not ended and are served by this call, in the order in which they were sent. */
  stepsOf(callId: string): Promise<readonly DueStep[]>;
  /** Which of these provider tasks a call in the ledger already has. */
  knownTasks(account: string, taskIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Whether a call for another subject, or another operation, of the account has this task. */
  isTaskOfAnother(
    step: Pick<Step, 'account' | 'operation' | 'subjectId'>,
    taskId: string,
  ): Promise<boolean>;

  /** One request, its event chain verified; null if there is none. */
  request(id: string): Promise<Request | null>;
  /** Newest first; steps and artifacts included. */
  list(filter: RequestFilter): Promise<readonly Request[]>;
  /** All calls of a request, oldest first. */
  calls(requestId: string): Promise<readonly Call[]>;
  close(): Promise<void>;
}

/** Another process has taken the request over; it goes on there. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}
