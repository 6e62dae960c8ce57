import { OPERATIONS, isDeletion, isExport } from '../operations.ts';
import { type Moment, nextCheck } from '../polling.ts';
import type { Call, Step } from '../request.ts';
import type { Submission } from './answers.ts';
import {
  type CallPatch,
  type Change,
  type StepPatch,
  changeCall,
  changeSteps,
  failed,
  joined,
} from './change.ts';

/** How long after its intent a deletion in doubt is sent once more, ms (docs/spec.md 4). */
export const ONCE_MORE_WITHIN = 3_600_000;

/** Calls in doubt after which nobody sends the step again by himself. */
export const DOUBTS = 2;

const LOST = 'in doubt: the call may have arrived, and its answer is lost';
const DONE_BEFORE =
  'sent again after a call that had been accepted, and nobody was found: that call had done it';
const ARRIVED =
  'sent twice, because the answer to the first call was lost; the second found nobody: the first had arrived';

/**
 * What the answer to a call makes of each of its steps. `retryAt` (ms) is
 * when it may be made again, for the answers after which it was not made. A call for several that
 * is refused is split until the one that is refused stands alone.
 */
export function sent(
  steps: readonly Step[],
  call: Call,
  answer: Submission,
  moment: Moment,
  retryAt: number,
): Change {
  const { at } = moment;
  switch (answer.kind) {
    case 'accepted':
    case 'done':
      return taken(steps, call, answer, moment);
    case 'absent':
    case 'refused':
      return declined(steps, call, answer, at);
    case 'credentials':
      return notMade(steps, call, at, null);
    case 'limited':
    case 'unsent':
      return notMade(steps, call, at, retryAt);
    case 'unavailable':
      return faulty(steps, call, at, retryAt);
    case 'lost':
      return doubted(steps, call, at, retryAt);
  }
}

function taken(
  steps: readonly Step[],
  call: Call,
  answer: Extract<Submission, { kind: 'accepted' | 'done' }>,
  moment: Moment,
): Change {
  const { at } = moment;
  const own: StepPatch =
    answer.kind === 'accepted'
      ? { state: 'accepted', taskId: answer.taskId, nextAt: nextCheck(0, moment) }
      : { state: 'reported', nextAt: null };
  const patch = { ...own, acceptedAt: at, error: null, tries: 0, doubts: 0, batch: null };
  const told: CallPatch =
    answer.kind === 'accepted' ? { taskId: answer.taskId, providerStatus: answer.status } : {};
  return changeCall(call, at, steps, () => patch, { state: 'accepted', ...told });
}

function declined(
  steps: readonly Step[],
  call: Call,
  answer: Extract<Submission, { kind: 'absent' | 'refused' }>,
  at: number,
): Change {
  const concernsOne = answer.kind === 'absent' || !concernsAll(answer.error);
  if (steps.length > 1 && concernsOne) return apart(steps, call, at);
  const patchOf = (step: Step): StepPatch =>
    answer.kind === 'absent' ? absent(step, at) : failed(step, answer.error, at);
  return changeCall(call, at, steps, patchOf);
}

function notMade(steps: readonly Step[], call: Call, at: number, nextAt: number | null): Change {
  return changeCall(call, at, steps, () => ({ state: 'planned', nextAt }));
}

/**
 * A call that may have arrived and whose answer nobody has: after a cut connection or a crash
 * (docs/spec.md 4). Stream has no list of its tasks: the same body goes out once more, an export as
 * often as it takes. Sendbird's list is searched, and for a restore the look-up decides.
 */
export function doubted(steps: readonly Step[], call: Call, at: number, retryAt: number): Change {
  const patchOf = (step: Step): StepPatch => {
    const doubts = step.doubts + 1;
    const doubtful = { ...counted(step, call, doubts), tries: 0, nextAt: retryAt };
    const { does, doubt } = OPERATIONS[step.operation];
    if (doubt !== 'resend') return { ...doubtful, state: 'in_doubt', blocked: false };
    return does === 'delete' && doubts >= DOUBTS
      ? { ...doubtful, ...left() }
      : { ...doubtful, state: 'planned' };
  };
  const callPatches = [{ id: call.id, patch: { state: 'in_doubt' as const } }];
  return { ...changeSteps(at, steps, patchOf), callPatches };
}

/** An export that arrives twice does no harm: nobody counts. */
function counted({ operation }: Step, { id }: Call, doubts: number): StepPatch {
  return isExport(operation) ? {} : { doubts, batch: id };
}

/** A step in doubt that is left to the operator: nothing is sent and nobody waits. */
export function left(): StepPatch {
  return { state: 'in_doubt', blocked: true, nextAt: null, note: LOST };
}

/**
 * Whether a deletion in doubt is too old to be sent again without being asked to. One from the
 * future may be of any age: a clock was wrong.
 */
export function isTooOld(step: Step, at: number): boolean {
  const { doubts, intendedAt } = step;
  return doubts > 0 && intendedAt !== null && Math.abs(at - intendedAt) > ONCE_MORE_WITHIN;
}

/** Whether it may be sent again at all: once more is once. */
export function maySendOnceMore(step: Step, at: number): boolean {
  return step.doubts < DOUBTS && !isTooOld(step, at);
}

/** The provider has a fault, and says so: its steps stay planned, and what may have happened is kept in mind. */
function faulty(steps: readonly Step[], call: Call, at: number, nextAt: number): Change {
  const patchOf = (step: Step): StepPatch => ({
    state: 'planned',
    ...counted(step, call, Math.max(1, step.doubts)),
    tries: 0,
    nextAt,
  });
  return changeCall(call, at, steps, patchOf, { state: 'in_doubt' });
}

/** An answer about something else, or one that passes by itself: no smaller call would fare better. */
function concernsAll({ code, passing }: { code: string; passing: boolean }): boolean {
  return passing || code === 'wrong_answer';
}

function apart(steps: readonly Step[], call: Call, at: number): Change {
  return {
    at,
    steps: split(steps).flatMap((part, index) =>
      part.map(({ id }) => ({
        id,
        patch: { state: 'planned', batch: `${call.id}/${index + 1}`, nextAt: null },
      })),
    ),
    callPatches: [{ id: call.id, patch: { state: 'refused', answeredAt: at } }],
  };
}

/** A deletion that was sent twice, and the second call found that the first had arrived. */
export function arrived(): StepPatch {
  return { state: 'reported', error: null, nextAt: null, batch: null, doubts: 0, note: ARRIVED };
}

/** One subject that the provider says it does not know. */
function absent(step: Step, at: number): StepPatch {
  const ended = { error: null, nextAt: null, batch: null, finishedAt: at };
  if (isDeletion(step.operation)) {
    if (step.doubts > 0) return arrived();
    if (step.acceptedAt !== null) return { ...arrived(), note: joined(step.note, DONE_BEFORE) };
    if (step.earlier !== null) {
      const note = `already gone: erased before by ${step.earlier}`;
      return { ...ended, state: 'succeeded', note };
    }
  }
  return { ...ended, state: 'not_found', note: absence(step) };
}

function absence({ operation, before }: Step): string {
  const { unknown, provider } = OPERATIONS[operation];
  if (unknown !== null) return unknown;
  return before === 'visible'
    ? `it was visible before the question, and is not any more: gone since, and not by this call`
    : `${provider === 'stream' ? 'Stream' : 'Sendbird'} knows no such user`;
}

/**
 * Two parts of a call that was refused, for the ones that do no harm to be sent without the culprit.
 * Those whom the look-up did not see are the likely culprits: they are set apart first, and halves
 * are made when that does not tell them apart.
 */
function split(steps: readonly Step[]): readonly [readonly Step[], readonly Step[]] {
  const seen = steps.filter(({ before }) => before === 'visible');
  if (seen.length > 0 && seen.length < steps.length) {
    return [seen, steps.filter(({ before }) => before !== 'visible')];
  }
  const half = Math.ceil(steps.length / 2);
  return [steps.slice(0, half), steps.slice(half)];
}
