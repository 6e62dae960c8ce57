import { isDeletion } from '../operations.ts';
import type { Call, Step } from '../request.ts';
import { type Change, REPEATS, type StepPatch, changeSteps, joined } from './change.ts';
import { DOUBTS, left } from './sent.ts';

/** What cancelling can do about a step that has not ended. */
export type CancelEffect =
  /** It was not sent, and will not be. */
  | { kind: 'unsent' }
  /** An export or restore that may have been sent: it is not sent again. */
  | { kind: 'left_off' }
  /** A deletion that may have been sent: it stays in doubt, and is not sent again by itself. */
  | { kind: 'in_doubt' }
  /** Its provider is asked to take the call back. */
  | { kind: 'withdraw'; call: Call }
  /** Stream takes nothing back; the call is perhaps not ours; the provider is done with it. */
  | { kind: 'goes_on'; why: 'stream' | 'adopted' | 'done' };

/** A step that has not ended, with its present call and what cancelling can do about it. */
export interface Cancellable {
  step: Step;
  call: Call | null;
  effect: CancelEffect;
}

/** What cancelling can do about a step that has not ended (docs/spec.md 2; docs/providers/sendbird.md 2.4). */
export function cancelEffectOf(step: Step, call: Call | null): CancelEffect {
  const { state, provider } = step;
  if (state === 'planned' && !isDoubtful(step, call)) return { kind: 'unsent' };
  if (state === 'planned' || state === 'intended' || state === 'in_doubt') return doubtful(step);
  if (state !== 'accepted') return { kind: 'goes_on', why: 'done' };
  if (provider === 'stream') return { kind: 'goes_on', why: 'stream' };
  const isOurs = call !== null && !call.adopted;
  return isOurs ? { kind: 'withdraw', call } : { kind: 'goes_on', why: 'adopted' };
}

/**
 * Cancels the steps that need nobody's leave: what was not sent never will be. A call that was
 * begun and not seen answered is in doubt from here on.
 */
export function cancelled(effects: readonly Cancellable[], at: number): Change {
  const begun = effects.flatMap(({ step, call }) =>
    step.state === 'intended' && call !== null ? [call.id] : [],
  );
  return {
    at,
    steps: effects.flatMap(({ step, effect }) => {
      const patch = patchOf(step, effect, at);
      return patch === null ? [] : [{ id: step.id, patch }];
    }),
    callPatches: [...new Set(begun)].map((id) => ({ id, patch: { state: 'in_doubt' } })),
  };
}

/** What a call that its provider took back makes of all steps that it serves. */
export function withdrawn(steps: readonly Step[], at: number): Change {
  const note = 'withdrawn: Sendbird took it back before it began, and a look has confirmed that';
  return changeSteps(at, steps, (step) => ended(step, note, at));
}

/**
 * A call that its provider may have taken back: it is followed as before, and if it was taken back,
 * its steps fail for good; nothing sends them again by itself.
 */
export function unclear(steps: readonly Step[], at: number): Change {
  const note = 'asked to be withdrawn, and it is not known whether it was';
  return changeSteps(at, steps, (step) => ({ note: joined(step.note, note), repeats: REPEATS }));
}

function isDoubtful({ doubts }: Step, call: Call | null): boolean {
  return doubts > 0 || call?.state === 'in_doubt';
}

function doubtful({ operation }: Step): CancelEffect {
  return { kind: isDeletion(operation) ? 'in_doubt' : 'left_off' };
}

function patchOf(step: Step, effect: CancelEffect, at: number): StepPatch | null {
  switch (effect.kind) {
    case 'unsent':
      return ended(step, 'cancelled before it was sent', at);
    case 'left_off':
      return ended(step, LEFT_OFF, at);
    case 'in_doubt':
      return isLeft(step) ? null : leftInDoubt(step);
    case 'withdraw':
    case 'goes_on':
      return null;
  }
}

const LEFT_OFF =
  'cancelled, and not sent again: an earlier call may have arrived, and what it may have started is not followed';

function ended(step: Step, note: string, at: number): StepPatch {
  return {
    state: 'cancelled',
    note: joined(step.note, note),
    error: null,
    blocked: false,
    batch: null,
    tries: 0,
    nextAt: null,
    finishedAt: at,
  };
}

function isLeft({ state, blocked, doubts }: Step): boolean {
  return state === 'in_doubt' && blocked && doubts >= DOUBTS;
}

/** Found in Sendbird's list it is followed; it is never sent again unless somebody asks for that. */
function leftInDoubt(step: Step): StepPatch {
  const { note, ...rest } = left();
  return {
    ...rest,
    note: joined(
      joined(step.note, note ?? ''),
      'cancelled since, so it is not sent again by itself',
    ),
    doubts: Math.max(DOUBTS, step.doubts),
    batch: step.callId,
    tries: 0,
  };
}
