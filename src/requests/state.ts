import {
  REQUEST_STATES,
  type Request,
  type RequestState,
  type Step,
  type StepState,
} from './request.ts';

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

/** How a run over requests ended, apart from what the requests say. */
export interface RunEnd {
  /** Exit code of the signal that ended it (130, 143, 129); null: none did. */
  signal: number | null;
  /** Some steps wait for other credentials or another account. */
  denied: boolean;
  /** Some steps wait for a provider that does not answer. */
  unavailable: boolean;
}

/** The same of a run that sends. */
export interface WorkEnd extends RunEnd {
  /** Some deletions did not leave, because the profile protects whom they are about. */
  guarded: boolean;
}

/**
 * The exit code of a command that works on requests, docs/spec.md 5: the first that applies. `states`
 * are those that its requests are in: how many are in each is of no account. A request that is open or
 * in doubt never gives 0.
 */
export function exitCode(states: ReadonlySet<RequestState>, end: WorkEnd): number {
  const open = states.has('open') || states.has('in_doubt');
  if (end.signal !== null) return end.signal;
  if (open && end.denied) return 4;
  if (end.guarded) return 6;
  if (states.has('in_doubt')) return 7;
  if (open) return end.unavailable ? 5 : 8;
  if ([...states].every((state) => state === 'completed')) return 0;
  return states.has('completed') || states.has('partial') ? 3 : 1;
}

/** How many requests are in each state. */
export type Tally = Readonly<Record<RequestState, number>>;

/** The states that any request is in. */
export function statesIn(tally: Tally): ReadonlySet<RequestState> {
  return new Set(REQUEST_STATES.filter((state) => tally[state] > 0));
}

/** A tally of nothing, to be counted up. */
export function emptyTally(): Record<RequestState, number> {
  return {
    open: 0,
    completed: 0,
    partial: 0,
    failed: 0,
    not_found: 0,
    in_doubt: 0,
    cancelled: 0,
    closed: 0,
  };
}

/** How many requests a tally counts. */
export function tallied(tally: Tally): number {
  return REQUEST_STATES.reduce((sum, state) => sum + tally[state], 0);
}

/** How many requests stand where; `overdue`: unsettled and past the day that counts. */
export interface Standings {
  states: Tally;
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
export function unsettled(states: Tally): number {
  return REQUEST_STATES.reduce((sum, state) => sum + (isSettled(state) ? 0 : states[state]), 0);
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
 * 3 some, 1 none; before that what stopped it (docs/spec.md 5).
 */
export function cancelCode(ends: readonly CancelEnd[], end: RunEnd): number {
  if (end.signal !== null) return end.signal;
  if (end.denied) return 4;
  if (ends.includes('in_doubt')) return 7;
  if (end.unavailable) return 5;
  if (!ends.includes('withdrawn')) return 1;
  return ends.every((each) => each === 'withdrawn') ? 0 : 3;
}
