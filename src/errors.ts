/**
 * Exit codes of the command line, docs/spec.md 5. The closed family of errors below maps onto the
 * ones that mean "stopped before the end"; the rest is computed from the states of requests.
 */
const EXIT = {
  usage: 2,
  config: 4,
  untrusted: 4,
  credentials: 4,
  account: 4,
  ledger: 4,
  guard: 6,
  unavailable: 5,
  storage: 8,
  unknown_request: 1,
  internal: 1,
} as const;

/** What kind of thing went wrong; closed, one exit code each. */
export type Fault = keyof typeof EXIT;

/** The sentence, the next step and the requests that an error is about. */
export interface Advice {
  /** One sentence: what is safe now and what to do next. */
  next: string;
  requestIds?: readonly string[];
  cause?: unknown;
}

/** An error for people: what happened (`message`), and what to do (`next`). Never holds a secret. */
export class GdprError extends Error {
  override readonly name = 'GdprError';
  readonly fault: Fault;
  readonly next: string;
  readonly requestIds: readonly string[];

  constructor(fault: Fault, message: string, advice: Advice) {
    super(message, { cause: advice.cause });
    this.fault = fault;
    this.next = advice.next;
    this.requestIds = advice.requestIds ?? [];
  }

  get exit(): number {
    return EXIT[this.fault];
  }
}

/** The words of an unknown thing that was thrown, for a `cause` that has no better ones. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/**
 * A download cannot go on where it broke off, so nothing received so far may be kept: it has to
 * start anew with a fresh link. Never holds the link.
 */
export class DownloadBroken extends Error {
  override readonly name = 'DownloadBroken';
}
