import { secondLook } from '../../requests/polling.ts';
import type { Call } from '../../requests/request.ts';
import type { FoundTask, Sighting } from '../../requests/transitions/answers.ts';
import { deletionLooked } from '../../requests/transitions/deletion-looked.ts';
import {
  deletionFound,
  deletionMissed,
  isLastSearch,
} from '../../requests/transitions/deletion-searched.ts';
import { deletionDoubted } from '../../requests/transitions/deletion-sent.ts';
import { SEARCH_BACK } from '../../requests/transitions/export-searched.ts';
import { stepsOf } from '../batch.ts';
import { type Batch, type WorkerContext, moment, recordChange } from '../context.ts';
import { unreachable } from '../preflight.ts';
import { adopting } from '../reservations.ts';

/** A call that a process began and did not live to see answered. */
export async function recoverTogether(work: WorkerContext, batch: Batch): Promise<void> {
  const steps = stepsOf(batch);
  const now = work.clock.now();
  await recordChange(work, steps, deletionDoubted(steps, callIn(batch), now, now));
}

/** Finds out what became of a call in doubt: by the provider's list, or by a look. */
export async function resolveTogether(work: WorkerContext, batch: Batch): Promise<void> {
  if (callIn(batch).operation === 'restore_users') await seekRestored(work, batch);
  else await seekCall(work, batch);
}

/** Looks in the provider's list for what a call in doubt may have started, and adopts it. */
export async function seekCall(work: WorkerContext, batch: Batch): Promise<void> {
  const call = callIn(batch);
  const answer = await batch.provider.search(
    { operation: call.operation, subjectIds: call.subjectIds, options: call.options },
    call.intendedAt - SEARCH_BACK,
    work.stop,
  );
  switch (answer.kind) {
    case 'listed':
      // In turn: two calls that look for the same people must not adopt the same task.
      await work.adopting(() => adopt(work, batch, call, answer.tasks));
      return;
    case 'unsearchable':
      throw new Error(`${batch.provider.name} has no list to search for ${call.operation}`);
    case 'credentials':
    case 'limited':
    case 'unavailable':
      await unreachable(work, batch, stepsOf(batch), answer);
  }
}

function adopt(
  work: WorkerContext,
  batch: Batch,
  call: Call,
  tasks: readonly FoundTask[],
): Promise<void> {
  const steps = stepsOf(batch);
  const id = `call_${work.newId()}`;
  return adopting(work, { account: call.account, tasks, owner: id }, async (unknown) => {
    if (unknown.length > 0 || !isLastSearch(steps)) {
      return recordChange(work, steps, deletionFound(steps, call, unknown, id, moment(work)));
    }
    const seen = await look(work, batch);
    if (seen === null) return;
    const visible = steps.some(({ subjectId }) => seen.visible.has(subjectId));
    await recordChange(work, steps, deletionMissed(steps, visible, work.clock.now()));
  });
}

/**
 * Whether a restore in doubt has arrived: those who are back are done. True if the batch is not to
 * be sent now: somebody is back, or it is not sure yet that nobody is.
 */
export async function seekRestored(work: WorkerContext, batch: Batch): Promise<boolean> {
  const seen = await look(work, batch);
  if (seen === null) return true;
  const steps = stepsOf(batch);
  const back = batch.members.filter(({ step }) => seen.visible.has(step.subjectId));
  const away = steps.filter(({ subjectId }) => !seen.visible.has(subjectId));
  if (back.length > 0) {
    const change = deletionLooked(back, () => 'visible', moment(work));
    await recordChange(
      work,
      steps,
      // Those who are not back are sent again in a call of their own.
      {
        ...change,
        steps: [...(change.steps ?? []), ...away.map(({ id }) => ({ id, patch: PLAN }))],
      },
    );
    return true;
  }
  if (steps.every(({ state }) => state === 'planned')) return false;
  const sure = steps.every(({ tries }) => tries > 0);
  const patch = sure ? PLAN : { tries: 1, nextAt: secondLook(moment(work)) };
  await recordChange(work, steps, {
    at: work.clock.now(),
    steps: steps.map(({ id }) => ({ id, patch })),
  });
  return true;
}

const PLAN = { state: 'planned', nextAt: null, tries: 0 } as const;

/** Looks for the subjects of a batch; null: the provider could not be asked, and that is noted. */
async function look(
  work: WorkerContext,
  batch: Batch,
): Promise<Extract<Sighting, { kind: 'looked' }> | null> {
  const { operation, subjectIds, options } = callIn(batch);
  const answer = await batch.provider.look({ operation, subjectIds, options }, work.stop);
  if (answer.kind === 'looked') return answer;
  const miss =
    answer.kind === 'not_checkable'
      ? { kind: 'unavailable' as const, error: answer.error }
      : answer;
  await unreachable(work, batch, stepsOf(batch), miss);
  return null;
}

function callIn({ call, members }: Batch): Call {
  if (call === null) throw new Error(`step ${members[0]?.step.id ?? ''} has no call`);
  return call;
}
