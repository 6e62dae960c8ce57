import type { RequestState } from './request.ts';
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

/**
 * The exit code of `gdpr status`: 9 an unsettled request is overdue, 7 something is in doubt,
 * 8 something is open, 3 something failed or partial is unsettled, 0. `today` is `YYYY-MM-DD`.
 */
export function statusCode(
  requests: readonly { state: RequestState; dueOn: string }[],
  today: string,
): number {
  const unsettled = requests.filter(({ state }) => !isSettled(state));
  if (unsettled.some(({ dueOn }) => dueOn < today)) return 9;
  if (unsettled.some(({ state }) => state === 'in_doubt')) return 7;
  if (unsettled.some(({ state }) => state === 'open')) return 8;
  return unsettled.length > 0 ? 3 : 0;
}
