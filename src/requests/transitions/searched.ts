import { type Moment, nextCheck, secondLook } from '../polling.ts';
import type { Call, Step } from '../request.ts';
import type { FoundTask } from './answers.ts';
import { type Change, type StepPatch, changeSteps, joined } from './change.ts';
import { left, maySendOnceMore } from './sent.ts';

/** How far before the intent a task may have been created and still be ours: clocks differ. */
export const SEARCH_BACK = 120_000;

/** How many tasks that are left alone are named. */
const NAMED = 5;

/** Searches that must come back empty before a call in doubt counts as never made. */
export const SEARCHES = 2;

/**
 * What a search of the provider's list makes of the steps of a call in doubt. `tasks` are those
 * like the call that no call of the ledger has, oldest first: the oldest is adopted, the others are
 * named. None in two searches a while apart: see `missed`.
 */
export function searched(
  steps: readonly Step[],
  call: Call,
  tasks: readonly FoundTask[],
  adoptionId: string,
  moment: Moment,
): Change {
  const { at } = moment;
  const [oldest, ...others] = tasks;
  if (oldest === undefined) {
    return changeSteps(at, steps, ({ tries }) => ({
      tries: tries + 1,
      nextAt: secondLook(moment),
    }));
  }
  const adopted: Call = {
    ...call,
    id: adoptionId,
    taskId: oldest.taskId,
    state: 'accepted',
    replaces: call.id,
    adopted: true,
    providerStatus: oldest.status,
    intendedAt: at,
    answeredAt: at,
  };
  const patch: StepPatch = {
    state: 'accepted',
    callId: adoptionId,
    taskId: oldest.taskId,
    acceptedAt: at,
    // One of several may have been left to the operator: found is found for all of them.
    blocked: false,
    error: null,
    tries: 0,
    nextAt: nextCheck(0, moment),
    doubts: 0,
    batch: null,
  };
  return {
    ...changeSteps(at, steps, ({ note }) => ({
      ...patch,
      note: joined(note, adoptedNote(others)),
    })),
    calls: [adopted],
    callPatches: [{ id: call.id, patch: { state: 'replaced' } }],
  };
}

/** Whether the search that comes now is the last that may come back empty. */
export function isLastSearch(steps: readonly Step[]): boolean {
  return steps.every(({ tries }) => tries + 1 >= SEARCHES);
}

/**
 * The list does not have it: it may be sent again with the same body. A deletion is only once, while
 * it is young and somebody is `visible` still; otherwise it stays in doubt.
 */
export function missed(steps: readonly Step[], visible: boolean, at: number): Change {
  const again = visible && steps.every((step) => maySendOnceMore(step, at));
  return changeSteps(at, steps, () =>
    again ? { state: 'planned', tries: SEARCHES, nextAt: null } : { ...left(), tries: 0 },
  );
}

function adoptedNote(others: readonly FoundTask[]): string {
  const found = "found in the provider's list: the answer to the call had been lost";
  if (others.length === 0) return found;
  const named = others.slice(0, NAMED).map((task) => task.taskId);
  const more = others.length - named.length;
  const rest = more > 0 ? ` and ${more} more` : '';
  return `${found}; the list also has ${named.join(', ')}${rest}, left alone`;
}
