import type { ProcessIdentity } from '../host/host.ts';
import type { Confirmation } from '../requests/confirmation.ts';
import type { Verdict } from '../requests/conflicts.ts';
import type { Erasure } from '../requests/past-erasures.ts';
import type {
  Action,
  Call,
  Closing,
  Extension,
  Operation,
  PlannedRequest,
  Request,
  RequestState,
  Step,
  StepState,
  Subject,
} from '../requests/request.ts';
import type { Standings } from '../requests/state.ts';
import type { Change } from '../requests/transitions/change.ts';

/** A process at work, and the token that every write of its carries. */
export interface Holder {
  token: string;
  process: ProcessIdentity;
}

/** Pure: `standing` are the unsettled requests that share an account and id with `wanted`. */
export type Judge = (wanted: PlannedRequest, standing: readonly Request[]) => Verdict;

export interface Judged {
  wanted: PlannedRequest;
  verdict: Verdict;
}

export interface RequestFilter {
  ids?: readonly string[];
  /** Any of the subject's ids. */
  user?: string;
  states?: readonly RequestState[];
  actions?: readonly Action[];
  reference?: string;
  /** Due on this day (`YYYY-MM-DD`) or before; an extension counts. */
  dueBy?: string;
  /** Only what `resume` has to do with: not ended, or ended and not sealed. */
  unfinished?: boolean;
  /** Default `newest`; `urgent`: what is due first comes first, and of one day what is oldest. */
  order?: 'newest' | 'urgent';
  limit?: number;
}

/** A step with what it needs to go on: its present call, and its request's subject and bundle folder. */
export interface DueStep {
  step: Step;
  subject: Subject;
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
export interface PastErasure extends Erasure {
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
  /** Without these steps (ids): the caller works on them already. They cost next to nothing. */
  except?: ReadonlySet<string>;
}

/** How a request stands. */
export interface Brief {
  id: string;
  state: RequestState;
  finishedAt: number | null;
  sealed: boolean;
  /** Completed, in part by nothing but a provider's word about somebody whom nobody saw. */
  onWord: boolean;
  /** The hash of its last event: once it has ended, nothing of it changes without another. */
  head: string;
}

/** The newest request of an identity. */
export interface Identified {
  requestId: string;
  state: RequestState;
  finishedAt: number | null;
  /** A later request has undone it: a restore an erase, or an erase a restore, of the same people. */
  isUndone: boolean;
}

/** Some requests of a walk, and where it goes on; `next` null: there are no more. */
export interface IdPage {
  ids: readonly string[];
  next: number | null;
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
  ): Promise<readonly Judged[]>;
  /** The verdicts that `open` would give now; nothing is recorded. */
  weigh(wanted: readonly PlannedRequest[], judge: Judge): Promise<readonly Judged[]>;
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
  /** Gives back what has ended and is sealed; answers with how many requests the token still holds. */
  releaseEnded(holder: Holder): Promise<number>;
  /** Those of the requests that a living process other than this token's holds. */
  heldByOthers(ids: readonly string[], token: string, at: number): Promise<readonly HeldBy[]>;

  /**
   * Applies a change in one transaction, events included, and brings `state`, `finishedAt` and
   * `sealed` of the requests up to date; one that is closed stays so. Throws LeaseLost when the
   * token no longer holds one of them: nothing of the change is written then.
   */
  record(token: string, change: Change): Promise<void>;
  /** Receipt and checksums stand in the bundle. */
  seal(token: string, requestId: string): Promise<void>;
  /**
   * Records the one extension of a deadline; a bundle that it has is to be sealed again. Throws
   * LeaseLost for a request that the token does not hold, and an Error when there is one already.
   */
  extend(token: string, requestId: string, extension: Extension): Promise<void>;
  /**
   * Settles a request by hand: it is `closed` for good, and nothing of it is due any more. One that
   * had ended keeps its `finishedAt`; a bundle that it has is to be sealed again. What its steps
   * still come to may be recorded. Throws LeaseLost for one that the token does not hold, and an
   * Error when it is closed.
   */
  settle(token: string, requestId: string, closing: Closing): Promise<void>;

  /**
   * Steps of requests that the token holds and that are not closed: not ended, not blocked, with
   * `nextAt` reached; oldest first. A deletion or restore that is `planned` and not confirmed, or too
   * long ago, is none.
   */
  due(token: string, query: DueQuery): Promise<readonly DueStep[]>;
  /** The earliest `nextAt` after `query.at` among the same steps; null: none waits. `limit` and `except` are not used. */
  nextDueAt(token: string, query: DueQuery): Promise<number | null>;
  /** Whether a step of the group, of such a request, is `planned` and blocked. */
  isAwaited(token: string, account: string, group: Group): Promise<boolean>;
  /**
   * All steps that have not ended and are served by this call, those of closed requests too, in the
   * order in which they were sent.
   */
  stepsOf(callId: string): Promise<readonly DueStep[]>;
  /** The requests, closed ones too, that have a step which this call serves and which has not ended. */
  companions(callId: string): Promise<readonly string[]>;
  /** Which of these provider tasks a call in the ledger already has. */
  knownTasks(account: string, taskIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Whether a call for another subject, or another operation, of the account has this task. */
  isTaskOfAnother(
    step: Pick<Step, 'account' | 'operation' | 'subjectId'>,
    taskId: string,
  ): Promise<boolean>;

  /** One request, its event chain verified; null if there is none. */
  request(id: string): Promise<Request | null>;
  /** How requests stand, without reading them whole, in this order; unknown ones are left out. */
  brief(ids: readonly string[]): Promise<readonly Brief[]>;
  /** For each identity (`PlannedRequest.identity`) that some request has: the newest of those. */
  identified(identities: readonly string[]): Promise<ReadonlyMap<string, Identified>>;
  /**
   * Ids of matching requests in the order of recording, at most `limit`; `after` is the `next` of the
   * page before, null at first. Each comes once, whatever happens between the pages, and one that
   * matches all the time is not left out. `order` and `limit` of the filter are not used.
   */
  page(filter: RequestFilter, after: number | null, limit: number): Promise<IdPage>;
  /** In the order of the filter, also where it has `ids`; steps and artifacts included. */
  list(filter: RequestFilter): Promise<readonly Request[]>;
  /**
   * Counts requests without reading them; overdue is what was due before `today` (`YYYY-MM-DD`). `order`
   * and `limit` are not used.
   */
  tally(filter: RequestFilter, today: string): Promise<Standings>;
  /** All calls of a request, oldest first. */
  calls(requestId: string): Promise<readonly Call[]>;
  close(): Promise<void>;
}

/** Another process has taken the request over; it goes on there. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}
