import type { Request, RequestState, Step, StepState } from './request.ts';

/** What the state of a request is made from. */
export type StepEnd = Pick<Step, 'state' | 'finishedAt' | 'whole'>;

const SETTLED: ReadonlySet<RequestState> = new Set([
  'completed',
  'not_found',
  'cancelled',
  'closed',
]);

/** States of a step that say nothing against its request, docs/spec.md 4. */
const NEUTRAL: ReadonlySet<StepState> = new Set(['not_found', 'unsupported', 'already_active']);

/**
 * The state of a request, from its steps alone (docs/spec.md 4). `closed` is a decision of the
 * operator and never comes from here.
 */
export function requestState(steps: readonly StepEnd[]): RequestState {
  if (steps.some((step) => step.state === 'in_doubt')) return 'in_doubt';
  if (steps.some((step) => step.finishedAt === null)) return 'open';
  const all = (state: StepState): boolean => steps.every((step) => step.state === state);
  if (all('not_found')) return 'not_found';
  // One that ended as reported was done by the provider's word, and a look-up contradicts it.
  const fulfilled = steps.filter(({ state }) => state === 'succeeded' || state === 'reported');
  const spoilt = steps.some(
    (step) => !NEUTRAL.has(step.state) && (step.state !== 'succeeded' || !step.whole),
  );
  if (isWithdrawn(steps)) return 'cancelled';
  if (spoilt) return fulfilled.length > 0 ? 'partial' : 'failed';
  return fulfilled.length > 0 ? 'completed' : restingState(steps);
}

/** Everything that could be done was withdrawn. */
function isWithdrawn(steps: readonly StepEnd[]): boolean {
  return (
    steps.some(({ state }) => state === 'cancelled') &&
    steps.every(({ state }) => state === 'cancelled' || NEUTRAL.has(state))
  );
}

/** Nothing was done and nothing failed: what the neutral states add up to. */
function restingState(steps: readonly StepEnd[]): RequestState {
  if (steps.some((step) => step.state === 'already_active')) return 'completed';
  return steps.some((step) => step.state === 'not_found') ? 'not_found' : 'failed';
}

/**
 * What a request is once something has happened to it: a new state from its steps, or `closed` for
 * good whatever they come to; the instant at which it ended, which stays while it stays ended; and
 * `sealed` only where no bundle is to be written, since what one holds from before is out of date.
 */
export function requestAfter(
  request: Pick<Request, 'finishedAt' | 'outDir'> & {
    isClosed: boolean;
    steps: readonly StepEnd[];
  },
  hasFiles: () => boolean,
  at: number,
): Pick<Request, 'state' | 'finishedAt' | 'sealed'> {
  const { finishedAt, outDir, isClosed, steps } = request;
  const state = isClosed ? 'closed' : requestState(steps);
  const ended = state !== 'open' && state !== 'in_doubt';
  return {
    state,
    finishedAt: ended ? (finishedAt ?? at) : null,
    sealed: outDir === null || (ended && !hasFiles()),
  };
}

/** Whether the operator has nothing left to do about a request in this state. */
export function isSettled(state: RequestState): boolean {
  return SETTLED.has(state);
}
