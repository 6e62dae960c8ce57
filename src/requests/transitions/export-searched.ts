import { type Moment, nextCheck, secondLook } from '../polling.ts';
import type { Call, Step } from '../request.ts';
import type { FoundTask } from './answers.ts';
import type { Change, StepPatch } from './change.ts';
import { joined } from './failed.ts';

/** How far before the intent a task may have been created and still be ours: clocks differ. */
export const SEARCH_BACK = 120_000;

/** How many tasks that are left alone are named. */
const NAMED = 5;

/** Searches that must come back empty before a call in doubt counts as never made. */
export const SEARCHES = 2;

/**
 * What a search of the provider's list makes of a step whose call is in doubt. `tasks` are those
 * like the call that no call of the ledger has, oldest first: the oldest is adopted, the others are
 * named. None in two searches a while apart: the step may be sent again.
 */
export function searched(
  step: Step,
  call: Call,
  tasks: readonly FoundTask[],
  adoptionId: string,
  moment: Moment,
): Change {
  const { at } = moment;
  const adopted = adoption(call, tasks, adoptionId, moment);
  if (adopted === null) {
    const enough = step.tries + 1 >= SEARCHES;
    const patch: StepPatch = enough
      ? { state: 'planned', tries: SEARCHES, nextAt: null }
      : { tries: step.tries + 1, nextAt: secondLook(moment) };
    return { at, steps: [{ id: step.id, patch }] };
  }
  return {
    at,
    calls: [adopted.call],
    callPatches: [{ id: call.id, patch: { state: 'replaced' } }],
    steps: [{ id: step.id, patch: { ...adopted.patch, note: joined(step.note, adopted.note) } }],
  };
}

/** The oldest of the tasks as a call in place of the one in doubt, and what its steps become; null: there is none. */
export function adoption(
  call: Call,
  tasks: readonly FoundTask[],
  adoptionId: string,
  moment: Moment,
): { call: Call; patch: StepPatch; note: string } | null {
  const { at } = moment;
  const [oldest, ...others] = tasks;
  if (oldest === undefined) return null;
  return {
    call: {
      ...call,
      id: adoptionId,
      taskId: oldest.taskId,
      state: 'accepted',
      replaces: call.id,
      adopted: true,
      providerStatus: oldest.status,
      intendedAt: at,
      answeredAt: at,
    },
    patch: {
      state: 'accepted',
      callId: adoptionId,
      taskId: oldest.taskId,
      acceptedAt: at,
      // One of several may have been left to the operator: found is found for all of them.
      blocked: false,
      error: null,
      tries: 0,
      nextAt: nextCheck(0, moment),
    },
    note: adoptedNote(others),
  };
}

/** Whether a call in doubt has been searched for often enough to be sent again. */
export function maySendAgain(step: Step): boolean {
  return step.tries >= SEARCHES;
}

function adoptedNote(others: readonly FoundTask[]): string {
  const found = "found in the provider's list: the answer to the call had been lost";
  if (others.length === 0) return found;
  const named = others.slice(0, NAMED).map((task) => task.taskId);
  const more = others.length - named.length;
  const rest = more > 0 ? ` and ${more} more` : '';
  return `${found}; the list also has ${named.join(', ')}${rest}, left alone`;
}
