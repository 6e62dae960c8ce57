import type { Artifact, Call, Step, StepError } from '../request.ts';

/** What may change about a step once it is recorded. */
export type StepPatch = Partial<
  Omit<
    Step,
    | 'id'
    | 'requestId'
    | 'provider'
    | 'operation'
    | 'account'
    | 'subjectId'
    | 'options'
    | 'before'
    | 'earlier'
    | 'earlierOptions'
    | 'artifacts'
  >
>;

/** What may change about a call once it is recorded. */
export type CallPatch = Partial<Pick<Call, 'state' | 'taskId' | 'providerStatus' | 'answeredAt'>>;

/**
 * What happened and what is now, for one transaction of the ledger. A step whose `state` is set
 * gets an event in its request's chain; anything else is a counter or a time and gets none.
 */
export interface Change {
  at: number;
  /** Calls that are intended now: they are on disk before they leave. */
  calls?: readonly Call[];
  callPatches?: readonly { id: string; patch: CallPatch }[];
  steps?: readonly { id: string; patch: StepPatch }[];
  /** Replaces what the step had: a step's files are the ones of its last collection. */
  artifacts?: readonly { stepId: string; artifact: Artifact }[];
}

/** What happened to steps alone. */
export function changeSteps(
  at: number,
  steps: readonly Step[],
  patchOf: (step: Step) => StepPatch,
): Change {
  return { at, steps: steps.map((step) => ({ id: step.id, patch: patchOf(step) })) };
}

/** What the answer to a call makes of its steps, and of the call. */
export function changeCall(
  { id }: Call,
  at: number,
  steps: readonly Step[],
  patchOf: (step: Step) => StepPatch,
  patch: CallPatch = { state: 'refused' },
): Change {
  return {
    ...changeSteps(at, steps, patchOf),
    callPatches: [{ id, patch: { answeredAt: at, ...patch } }],
  };
}

/** How often a passing failure is repeated without being asked to (docs/spec.md 4). */
export const REPEATS = 3;

/** A step that fails: one that was repeated often enough is passing no more. */
export function failed(step: Step, error: StepError, at: number): StepPatch {
  const passing = error.passing && step.repeats < REPEATS;
  return { state: 'failed', error: { ...error, passing }, finishedAt: at, nextAt: null };
}

/** A note with one more sentence, unless it has it already. */
export function joined(note: string | null, more: string): string {
  return note === null || note.includes(more) ? (note ?? more) : `${note}; ${more}`;
}

/** What the note of a deletion says that is done by the provider's word alone, of somebody nobody saw. */
export const CHECK_ID = 'check the id';

/** An error that no provider has worded. */
export function ownError(code: string, message: string, passing: boolean): StepError {
  return { code, message, passing, providerCode: null, httpStatus: null };
}
