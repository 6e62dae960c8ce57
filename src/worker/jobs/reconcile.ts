import { OPERATIONS, isDeletion } from '../../requests/operations.ts';
import { secondLook } from '../../requests/polling.ts';
import type { Call } from '../../requests/request.ts';
import type { FoundTask } from '../../requests/transitions/answers.ts';
import { changeSteps } from '../../requests/transitions/change.ts';
import {
  SEARCHES,
  SEARCH_BACK,
  isLastSearch,
  missed,
  searched,
} from '../../requests/transitions/searched.ts';
import { doubted, isTooOld, left } from '../../requests/transitions/sent.ts';
import { verified } from '../../requests/transitions/verified.ts';
import {
  type Batch,
  type WorkerContext,
  moment,
  recordChange,
  stepsIn,
  unreachable,
} from '../context.ts';
import { adopting, ownerOf } from '../reservations.ts';
import { visibleOf } from './verify.ts';

/** Finds out what became of a call that may have arrived. */
export async function reconcile(work: WorkerContext, batch: Batch): Promise<void> {
  const steps = stepsIn(batch);
  const call = callIn(batch);
  if (steps.some(({ state }) => state === 'intended')) {
    // A call that a process began and did not live to see answered.
    const now = work.clock.now();
    await recordChange(work, steps, doubted(steps, call, now, now));
  } else if (OPERATIONS[call.operation].doubt === 'look') {
    await seekRestored(work, batch);
  } else {
    await seekCall(work, batch);
  }
}

/** What must happen before steps in doubt go out again, and was seen to. */
export async function isHeldBack(work: WorkerContext, batch: Batch): Promise<boolean> {
  const steps = stepsIn(batch);
  const [first] = steps;
  const isDoubtful = batch.call?.state === 'in_doubt' || steps.some(({ doubts }) => doubts > 0);
  if (!isDoubtful || first === undefined) return false;
  const at = work.clock.now();
  const isOld = steps.some((step) => isTooOld(step, at));
  switch (OPERATIONS[first.operation].doubt) {
    case 'look':
      return seekRestored(work, batch);
    case 'search':
      if (!isOld && steps.every(({ tries }) => tries >= SEARCHES)) return false;
      await seekCall(work, batch);
      return true;
    case 'resend':
      if (!isOld) return false;
      await recordChange(work, steps, changeSteps(at, steps, left));
      return true;
  }
}

/** Looks in the provider's list for what a call in doubt may have started, and adopts it. */
async function seekCall(work: WorkerContext, batch: Batch): Promise<void> {
  const call = callIn(batch);
  const { operation, subjectIds, options } = call;
  const answer = await batch.provider.search(
    { operation, subjectIds, options },
    call.intendedAt - SEARCH_BACK,
    work.stop,
  );
  switch (answer.kind) {
    case 'listed':
      // In turn: two calls that look for the same people must not adopt the same task.
      await work.reservations.inTurn(() => adopt(work, batch, call, answer.tasks));
      return;
    case 'unsearchable':
      throw new Error(`${batch.provider.name} has no list to search for ${operation}`);
    case 'credentials':
    case 'limited':
    case 'unavailable':
      await unreachable(work, batch, stepsIn(batch), answer);
  }
}

function adopt(
  work: WorkerContext,
  batch: Batch,
  call: Call,
  tasks: readonly FoundTask[],
): Promise<void> {
  const steps = stepsIn(batch);
  const id = `call_${work.newId()}`;
  const owner = ownerOf({ ...call, id });
  return adopting(work, { account: call.account, tasks, owner }, async (unknown) => {
    if (unknown.length > 0 || !isLastSearch(steps)) {
      return recordChange(work, steps, searched(steps, call, unknown, id, moment(work)));
    }
    const visible = isDeletion(call.operation) ? await visibleOf(work, batch) : null;
    if (visible === null && isDeletion(call.operation)) return;
    const isSeen = visible === null || steps.some(({ subjectId }) => visible.has(subjectId));
    await recordChange(work, steps, missed(steps, isSeen, work.clock.now()));
  });
}

const PLAN = { state: 'planned', nextAt: null, tries: 0 } as const;

/**
 * Whether a restore in doubt has arrived: those who are back are done. True if the batch is not to
 * be sent now: somebody is back, or it is not sure yet that nobody is.
 */
async function seekRestored(work: WorkerContext, batch: Batch): Promise<boolean> {
  const visible = await visibleOf(work, batch);
  if (visible === null) return true;
  const steps = stepsIn(batch);
  const back = batch.members.filter(({ step }) => visible.has(step.subjectId));
  if (back.length > 0) {
    const change = verified(back, () => 'visible', moment(work));
    // Those who are not back are sent again in a call of their own.
    const away = steps.filter(({ subjectId }) => !visible.has(subjectId));
    const rest = away.map(({ id }) => ({ id, patch: PLAN }));
    await recordChange(work, steps, { ...change, steps: [...(change.steps ?? []), ...rest] });
    return true;
  }
  if (steps.every(({ state }) => state === 'planned')) return false;
  const sure = steps.every(({ tries }) => tries > 0);
  const patch = sure ? PLAN : { tries: 1, nextAt: secondLook(moment(work)) };
  await recordChange(
    work,
    steps,
    changeSteps(work.clock.now(), steps, () => patch),
  );
  return true;
}

function callIn({ call, members }: Batch): Call {
  if (call === null) throw new Error(`step ${members[0]?.step.id ?? ''} has no call`);
  return call;
}
