import { type Moment, nextCheck } from '../polling.ts';
import type { Call, Step } from '../request.ts';
import type { Submission } from './answers.ts';
import type { CallPatch, Change, StepPatch } from './change.ts';
import { failed } from './failed.ts';

/**
 * What a call's answer makes of its step. `retryAt` (ms) is when the call may be made again, for
 * the answers after which it was not made. A call that may have happened is in doubt: at Stream an
 * export is simply asked for again, at Sendbird its list is searched first (docs/spec.md 4).
 */
export function submitted(
  step: Step,
  call: Call,
  answer: Exclude<Submission, { kind: 'done' }>,
  moment: Moment,
  retryAt: number,
): Change {
  const { at } = moment;
  const both = (patch: StepPatch, callPatch: CallPatch): Change => ({
    at,
    steps: [{ id: step.id, patch }],
    callPatches: [{ id: call.id, patch: { answeredAt: at, ...callPatch } }],
  });
  switch (answer.kind) {
    case 'accepted':
      return both(
        {
          state: 'accepted',
          taskId: answer.taskId,
          acceptedAt: at,
          error: null,
          tries: 0,
          nextAt: nextCheck(0, moment),
        },
        { state: 'accepted', taskId: answer.taskId, providerStatus: answer.status },
      );
    case 'absent':
      return both({ ...absent(step), finishedAt: at }, { state: 'refused' });
    case 'refused':
      return both(failed(step, answer.error, at), { state: 'refused' });
    case 'credentials':
      return both({ state: 'planned', nextAt: null }, { state: 'refused' });
    case 'limited':
    case 'unsent':
      return both({ state: 'planned', nextAt: retryAt }, { state: 'refused' });
    case 'unavailable':
      return both({ state: 'planned', tries: 0, nextAt: retryAt }, { state: 'in_doubt' });
    case 'lost':
      return doubted(step, call, at, retryAt);
  }
}

/** A call that may have arrived and whose answer nobody has: after a cut connection or a crash. */
export function doubted(step: Step, call: Call, at: number, retryAt: number): Change {
  return {
    at,
    steps: [
      {
        id: step.id,
        patch: {
          state: step.provider === 'stream' ? 'planned' : 'in_doubt',
          tries: 0,
          nextAt: retryAt,
        },
      },
    ],
    callPatches: [{ id: call.id, patch: { state: 'in_doubt' } }],
  };
}

/** docs/spec.md 4: a 404 on a feeds call alone means that there is no feeds data. */
function absent(step: Step): StepPatch {
  const note =
    step.operation === 'export_feeds'
      ? 'no feeds data: Stream does not know this user in feeds'
      : `${step.provider === 'stream' ? 'Stream' : 'Sendbird'} knows no such user`;
  return { state: 'not_found', note, error: null, nextAt: null };
}
