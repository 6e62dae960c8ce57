import type { Artifact, Call, Step } from '../request.ts';

/** What may change about a step once it is recorded. */
export type StepPatch = Partial<
  Pick<
    Step,
    | 'state'
    | 'note'
    | 'error'
    | 'whole'
    | 'callId'
    | 'taskId'
    | 'subjects'
    | 'attempts'
    | 'checks'
    | 'repeats'
    | 'tries'
    | 'nextAt'
    | 'blocked'
    | 'batch'
    | 'doubts'
    | 'after'
    | 'lookedAt'
    | 'intendedAt'
    | 'acceptedAt'
    | 'finishedAt'
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
