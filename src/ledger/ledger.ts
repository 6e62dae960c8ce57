import type { ProcessIdentity } from '../host.ts';
import type { Change } from '../requests/change.ts';
import type {
  Call,
  PlannedRequest,
  Request,
  RequestState,
  Step,
  StepState,
} from '../requests/request.ts';
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
}

/** Which steps to look for. */
export interface DueQuery {
  at: number;
  limit: number;
  /** Only steps of these accounts: others cannot be worked on now. */
  accounts: readonly string[];
  /** Only steps in these states; absent: any that has not ended. */
  states?: readonly StepState[];
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
   * Records requests with all their steps `planned`, or none of them if one verdict is `conflict`.
   * Judging and recording are one transaction.
   */
  open(wanted: readonly PlannedRequest[], judge: Judge, at: number): Promise<readonly Opened[]>;

  /** Takes the lease of those requests that nobody living holds; answers with the ids taken. */
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

  /** Steps of requests that the token holds, not ended, with `nextAt` reached; oldest first. */
  due(token: string, query: DueQuery): Promise<readonly DueStep[]>;
  /** The earliest `nextAt` after `query.at` among the same steps; null: none waits. `limit` is not used. */
  nextDueAt(token: string, query: DueQuery): Promise<number | null>;
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
