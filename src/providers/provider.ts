import type { Operation, ProviderName, StepError } from '../requests/request.ts';
import type {
  Lookup,
  Search,
  Sighting,
  Submission,
  TaskReport,
  Withdrawal,
} from '../requests/transitions/answers.ts';

/** What is sent: one call for one operation and one subject or more. */
export interface Outgoing {
  operation: Operation;
  subjectIds: readonly string[];
  options: Readonly<Record<string, unknown>>;
}

/** A call whose task runs at the provider. */
export interface RunningCall extends Outgoing {
  id: string;
  taskId: string;
}

/** One opening of a download. Breaks are made good inside where that is safe (Range with If-Range). */
export type Opened =
  | { kind: 'body'; body: AsyncIterable<Uint8Array>; bytes: number | null }
  /** The link is refused (403, 404, 410): expired, or not there. */
  | { kind: 'link_refused'; error: StepError }
  /** An answer about the file that makes it useless: a redirect that is not safe, a strange status. */
  | { kind: 'unusable'; error: StepError }
  | { kind: 'unavailable'; error: StepError };

/** A file that waits at the provider. Its link is a secret and stays inside. */
export interface Download {
  open(signal: AbortSignal): Promise<Opened>;
  /** When the link stops working (ms), where the provider says so. */
  expiresAt: number | null;
}

/** What there is to fetch for a task that is done; the link is asked for anew each time. */
export type Collection =
  | { kind: 'file'; download: Download }
  /** Done, and no link came with it. */
  | { kind: 'no_link'; error: StepError }
  | Exclude<TaskReport, { kind: 'done' }>;

/**
 * A provider behind its adapter. No method throws for what a provider does; all answer with one of
 * the closed unions of requests/transitions/answers.ts. What only reads is repeated inside, nothing else ever
 * is (docs/architecture.md, decisions). All take the signal that ends waiting; `submit` ignores it once the call has left.
 */
export interface Provider {
  readonly name: ProviderName;
  /** `stream:<apiKey>@<origin>` or `sendbird:<applicationId>@<origin>`. */
  readonly account: string;
  /** Resolves the secret; null once it is there, else why it is not. Sends nothing. */
  unlock(): Promise<StepError | null>;
  /**
   * Whether a call for the operation may leave now within the provider's limits: null if so (it is
   * counted), else the instant (ms) to ask again. Asked before the intent is written: a call that
   * waits for its turn is not one in doubt.
   */
  admit(operation: Operation): number | null;
  /** The same without counting. */
  turnAt(operation: Operation): number | null;
  /** The limit of the operation as far as answers have told it; null: none has. */
  limitOf(operation: Operation): RateLimit | null;
  /** HTTP calls made to its API so far, repetitions included; downloads are not. */
  readonly calls: number;
  submit(call: Outgoing, signal: AbortSignal): Promise<Submission>;
  /** Whether checking many calls at once takes far fewer exchanges than checking each. */
  readonly checksMany: boolean;
  /** One report for each call given, keyed by call id. */
  check(
    calls: readonly RunningCall[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, TaskReport>>;
  collect(call: RunningCall, signal: AbortSignal): Promise<Collection>;
  lookup(subjectIds: readonly string[], signal: AbortSignal): Promise<Lookup>;
  /**
   * Looks for what the operation deletes or brings back: the account, or for `delete_feeds` the
   * feed data, where a `hard_delete` of it is not to leave even what is hidden.
   */
  look(call: Outgoing, signal: AbortSignal): Promise<Sighting>;
  /** Takes a call back that the provider has not begun to carry out, and looks whether it took. */
  withdraw(call: RunningCall, signal: AbortSignal): Promise<Withdrawal>;
  /** The limits in force for these operations; one that cannot be learnt is left out. */
  limits(
    operations: readonly Operation[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Operation, RateLimit>>;
  /** Tasks like this call, created at or after `since` (ms), oldest first. */
  search(call: Outgoing, since: number, signal: AbortSignal): Promise<Search>;
  /** Forget the resolved secret, so that the next call resolves it anew. */
  renewCredentials(): void;
}

/** How fast an operation may be called: what the provider's headers say. */
export interface RateLimit {
  limit: number;
  remaining: number;
  /** Length of the window, ms. */
  window: number;
  /** When the window starts anew, ms since the epoch. */
  resetAt: number;
  /** A second cap, per second; null: the provider has none. */
  perSecond: number | null;
}

/** What is taken for a limit until the provider's first answer tells it. */
export type AssumedLimit = Pick<RateLimit, 'limit' | 'window' | 'perSecond'>;

/** Keeps calls below the provider's limits. */
export interface RateLimiter {
  /** The limiter of one operation; it is made when its name is first heard. */
  limiter(name: string, assumed: AssumedLimit): OperationLimiter;
}

/** The calls of one operation, and the limit that they share. */
export interface OperationLimiter {
  /** Null: a call may leave now, and is counted. Else the instant (ms) to ask again. */
  admit(): number | null;
  /** The same without counting. */
  turnAt(): number | null;
  /** Resolves when a call may leave (it is counted), in the order of asking, or when the signal aborts. */
  enter(signal: AbortSignal): Promise<void>;
  /** What the headers of an answer tell. */
  learn(limit: RateLimit): void;
  /**
   * The provider refused a call for its limit: what the headers of the refusal tell (they may be
   * another limit's), and when it says that a call may come again (ms); null: nothing.
   */
  refused(told: RateLimit | null, retryAt: number | null): void;
  /** As far as answers have told it. */
  readonly limit: RateLimit | null;
}
