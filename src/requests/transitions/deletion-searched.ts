import { type Moment, secondLook } from '../polling.ts';
import type { Call, Step } from '../request.ts';
import type { FoundTask } from './answers.ts';
import type { Change } from './change.ts';
import { left, maySendOnceMore } from './deletion-sent.ts';
import { SEARCHES, adoption } from './export-searched.ts';
import { joined } from './failed.ts';

/**
 * What a search of Sendbird's list makes of the steps of a deletion in doubt. `tasks` are those
 * like the call that no call of the ledger has, oldest first: the oldest is adopted, the others are
 * named. None in two searches a while apart: see `deletionMissed`.
 */
export function deletionFound(
  steps: readonly Step[],
  call: Call,
  tasks: readonly FoundTask[],
  adoptionId: string,
  moment: Moment,
): Change {
  const adopted = adoption(call, tasks, adoptionId, moment);
  if (adopted === null) {
    return {
      at: moment.at,
      steps: steps.map(({ id, tries }) => ({
        id,
        patch: { tries: tries + 1, nextAt: secondLook(moment) },
      })),
    };
  }
  return {
    at: moment.at,
    calls: [adopted.call],
    callPatches: [{ id: call.id, patch: { state: 'replaced' } }],
    steps: steps.map(({ id, note }) => ({
      id,
      patch: { ...adopted.patch, note: joined(note, adopted.note), doubts: 0, batch: null },
    })),
  };
}

/** Whether the search that comes now is the last that may come back empty. */
export function isLastSearch(steps: readonly Step[]): boolean {
  return steps.every(({ tries }) => tries + 1 >= SEARCHES);
}

/**
 * The list does not have it: it is sent once more with the same body while it is young and somebody
 * is `visible` still; otherwise it stays in doubt.
 */
export function deletionMissed(steps: readonly Step[], visible: boolean, at: number): Change {
  const again = visible && steps.every((step) => maySendOnceMore(step, at));
  return {
    at,
    steps: steps.map(({ id }) => ({
      id,
      patch: again ? { state: 'planned', tries: SEARCHES, nextAt: null } : { ...left(), tries: 0 },
    })),
  };
}
