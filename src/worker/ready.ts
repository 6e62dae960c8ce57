import type { DueStep } from '../ledger/ledger.ts';
import { formBatches, mayFormBatch } from './batcher.ts';
import { type Batch, type WorkerContext, callOf } from './context.ts';
import { check } from './jobs/check.ts';
import { collect } from './jobs/collect.ts';
import { reconcile } from './jobs/reconcile.ts';
import { send } from './jobs/send.ts';
import { verify } from './jobs/verify.ts';
import type { PollSchedule } from './poll-schedule.ts';
import { type Job, type Queue, queryOf } from './queues.ts';
import type { Turn } from './tick.ts';

/** Work that can begin now: the steps it is about, and what is to be done. */
export interface Ready {
  queue: Queue;
  members: readonly DueStep[];
  go: () => Promise<unknown>;
}

/** How many steps are read in one go. */
const STOCK = 100;

/** All that a run holds: a list is about every running task. */
const MOST_LISTED = 10_000;
const EVER = Number.MAX_SAFE_INTEGER;

/** What of a queue can begin now, each by itself or all that a call serves. */
export async function readyOf(turn: Turn): Promise<readonly Ready[]> {
  const { queue } = turn;
  if (queue.stock.length === 0 && queue.askAt <= turn.now) await refill(turn);
  const ready: Ready[] = [];
  let begun = 0;
  while (begun < queue.stock.length && turn.admit()) {
    const each = queue.stock[begun];
    begun += 1;
    if (each === undefined) break;
    const members = await companions(turn, each);
    if (members.length === 0) continue;
    ready.push(together(turn, members));
    if (members.length === 1) continue;
    const along = new Set(members.map(({ step }) => step.id));
    queue.stock = queue.stock.slice(begun).filter(({ step }) => !along.has(step.id));
    begun = 0;
  }
  queue.stock = queue.stock.slice(begun);
  return ready;
}

/** Calls and looks for several that can begin now. */
export async function readyGroups(turn: Turn): Promise<readonly Ready[]> {
  if (!(await mayFormBatch(turn))) return [];
  return (await formBatches(turn)).map((members) => together(turn, members));
}

/**
 * A look at all that runs at a provider which lists many at once, when one of them is due: what is
 * not due yet costs nothing more. Bad news that wait for a second look are left out.
 */
export async function readyList(turn: Turn, schedule: PollSchedule): Promise<readonly Ready[]> {
  const { queue, work, now, attempt } = turn;
  if (queue.askAt > now || schedule.nextAt > now) return [];
  queue.askAt = Infinity;
  const query = queryOf(queue, now);
  const due = await work.ledger.due(work.token, query);
  if (due.length === 0) {
    const next = await work.ledger.nextDueAt(work.token, query);
    queue.askAt = Math.min(queue.askAt, next ?? Infinity);
    return [];
  }
  const all = await work.ledger.due(work.token, queryOf(queue, EVER, MOST_LISTED));
  const members: (readonly DueStep[])[] = [];
  const seen = new Set<string | null>();
  for (const each of all) {
    work.runningTasks.note(each.step);
    if (seen.has(each.step.callId) || !isFree(turn, each.step)) continue;
    seen.add(each.step.callId);
    const along = await companions(turn, each);
    if (along.length > 0) members.push(along);
  }
  if (members.length === 0) return [];
  schedule.begin(now, members.length);
  const go = async (): Promise<void> => schedule.found(await check(work, attempt, members));
  return [{ queue, members: members.flat(), go }];
}

/** Whether a step is to be asked about; one that is not is heard of again when it is due. */
function isFree(turn: Turn, { id, tries, nextAt }: DueStep['step']): boolean {
  if (tries > 0 && nextAt !== null && nextAt > turn.now) {
    turn.queue.askAt = Math.min(turn.queue.askAt, nextAt);
    return false;
  }
  return turn.isFree(id);
}

async function refill({ queue, work, now, isFree: free }: Turn): Promise<void> {
  const query = queryOf(queue, now, STOCK + queue.busy);
  queue.askAt = Infinity;
  const due = await work.ledger.due(work.token, query);
  queue.stock = due.filter(({ step }) => free(step.id));
  for (const { step } of queue.stock) work.runningTasks.note(step);
  const next = due.length < query.limit ? await work.ledger.nextDueAt(work.token, query) : 0;
  queue.askAt = Math.min(queue.askAt, next ?? Infinity);
}

/** All that go with a step because its call serves them; itself, where it is sent by itself. */
async function companions(turn: Turn, each: DueStep): Promise<readonly DueStep[]> {
  const { step, call } = each;
  if (turn.queue.kind === 'send' || call === null || call.stepIds.length === 1) return [each];
  const all = await turn.work.ledger.stepsOf(call.id);
  const alike = all.filter((other) => other.step.state === step.state);
  return alike.every((other) => turn.isFree(other.step.id)) ? alike : [];
}

function together({ queue, work, attempt }: Turn, members: readonly DueStep[]): Ready {
  const batch: Batch = { ...attempt, members, call: callOf(members) };
  return { queue, members, go: () => JOBS[queue.kind](work, batch) };
}

/** What is done with steps, as far as one exchange with their provider brings them. */
const JOBS: Readonly<Record<Job, (work: WorkerContext, batch: Batch) => Promise<unknown>>> = {
  reconcile,
  check: (work, batch) => check(work, batch, [batch.members]),
  collect,
  verify,
  send,
};
