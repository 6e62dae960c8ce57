/** A call to a provider's API. Path segments are encoded by the caller (`pathSegment`). */
export interface ApiCall {
  method: 'GET' | 'POST' | 'DELETE';
  /** A POST that changes nothing, a query with its filter in the body: treated like a GET. */
  reads?: boolean;
  /** Scheme, host and port; no path, no trailing slash. */
  origin: string;
  /** With the query, if any. */
  path: string;
  /** Made anew for each try, right before it leaves: a token ages while a call waits for its turn. */
  headers(): ApiHeaders | Promise<ApiHeaders>;
  /** JSON. Absent: no body is sent. */
  body?: unknown;
}

/** Names are in lower case. */
export type ApiHeaders = Readonly<Record<string, string>>;

/** An answer as it came, whatever its status. Header names are in lower case. */
export interface ApiAnswer {
  status: number;
  headers: ApiHeaders;
  /** At most 8 MiB. */
  text: string;
}

/**
 * How an exchange ended. `unsent`: not one byte of the call left. `lost`: it may have arrived, and
 * no whole answer came back. `stopped`: the signal came before it left, or during a read.
 */
export type Exchange =
  | { kind: 'answer'; answer: ApiAnswer }
  | { kind: 'unsent'; reason: string }
  | { kind: 'lost'; reason: string }
  | { kind: 'stopped' };

/** What an answer means for a repetition; `retryAt` (ms) is what the provider said. */
export interface Heard {
  transient: boolean;
  /** Refused for a rate limit, before anything happened. */
  limited: boolean;
  retryAt: number | null;
}

/** How calls behave towards the provider they go to. */
export interface Manners {
  /** Resolves when a try may leave, or when the signal aborts. */
  enter(signal: AbortSignal): Promise<void>;
  /** Hears every try, right before it is made. */
  tried(): void;
  /** Is told every answer. */
  hear(answer: ApiAnswer): Heard;
}

/** What went wrong at the network's border, in one word for programs. */
export type FailureCode =
  | 'rate_limited'
  | 'unavailable'
  | 'no_connection'
  | 'answer_lost'
  | 'stopped'
  | 'credentials'
  | 'not_found'
  | 'refused'
  | 'task_failed'
  | 'task_lost'
  | 'user_not_deleted'
  | 'unreadable_answer'
  | 'wrong_answer'
  | 'no_link'
  | 'link_refused'
  | 'unsafe_link'
  | 'unsafe_redirect'
  | 'unusable_file';

/** A failure in the shape that receipts show: `passing` means that a repetition may succeed. */
export interface Failure {
  code: FailureCode;
  message: string;
  passing: boolean;
  providerCode: number | null;
  httpStatus: number | null;
}

const FOR_GOOD: ReadonlySet<FailureCode> = new Set([
  'not_found',
  'refused',
  'wrong_answer',
  'unsafe_link',
  'unsafe_redirect',
]);

/** A failure; what is not said about it is null, and `passing` follows from the code. */
export function failure(
  code: FailureCode,
  message: string,
  facts: Partial<Omit<Failure, 'code' | 'message'>> = {},
): Failure {
  return {
    code,
    message,
    passing: facts.passing ?? !FOR_GOOD.has(code),
    providerCode: facts.providerCode ?? null,
    httpStatus: facts.httpStatus ?? null,
  };
}
