import { REQUEST_STATES, type RequestState } from './request.ts';
import { isSettled } from './state.ts';

/** How a run over requests ended, apart from what the requests say. */
export interface RunEnd {
  /** Exit code of the signal that ended it (130, 143, 129); null: none did. */
  signal: number | null;
  /** Some steps wait for other credentials or another account. */
  denied: boolean;
  /** Some steps wait for a provider that does not answer. */
  unavailable: boolean;
}

/**
 * The exit code of a command that works on requests, SPEC section 5: the first that applies. A
 * request that is open or in doubt never gives 0.
 */
export function exitCode(states: readonly RequestState[], end: RunEnd): number {
  const open = states.some((state) => state === 'open' || state === 'in_doubt');
  if (end.signal !== null) return end.signal;
  if (open && end.denied) return 4;
  if (states.includes('in_doubt')) return 7;
  if (open) return end.unavailable ? 5 : 8;
  if (states.every((state) => state === 'completed')) return 0;
  return states.some((state) => state === 'completed' || state === 'partial') ? 3 : 1;
}

/** How many requests stand where; `overdue`: unsettled and past the day that counts. */
export interface Standings {
  states: Readonly<Record<RequestState, number>>;
  overdue: number;
}

/**
 * The exit code of `gdpr status`: 9 an unsettled request is overdue, 7 something is in doubt,
 * 8 something is open, 3 something failed or partial is unsettled, 0.
 */
export function statusCode({ states, overdue }: Standings): number {
  if (overdue > 0) return 9;
  if (states.in_doubt > 0) return 7;
  if (states.open > 0) return 8;
  return unsettled(states) > 0 ? 3 : 0;
}

/** How many requests the operator still has to do with. */
export function unsettled(states: Standings['states']): number {
  return REQUEST_STATES.filter((state) => !isSettled(state)).reduce(
    (sum, state) => sum + states[state],
    0,
  );
}

/** What has become of a step that was to be withdrawn. */
export type CancelEnd =
  /** Nothing more is done for it. */
  | 'withdrawn'
  /** It goes on. */
  | 'goes_on'
  /** It may go on, or may have taken effect. */
  | 'in_doubt';

/**
 * The exit code of `gdpr cancel`, over all steps that had not ended: 0 all of them are withdrawn,
 * 3 some, 1 none; before that what stopped it (SPEC section 5).
 */
export function cancelCode(ends: readonly CancelEnd[], end: RunEnd): number {
  if (end.signal !== null) return end.signal;
  if (end.denied) return 4;
  if (ends.includes('in_doubt')) return 7;
  if (end.unavailable) return 5;
  if (!ends.includes('withdrawn')) return 1;
  return ends.every((each) => each === 'withdrawn') ? 0 : 3;
}
