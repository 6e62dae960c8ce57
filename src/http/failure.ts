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
