import type { DueQuery, DueStep } from '../ledger/ledger.ts';
import { groupKey, groupOf } from './context.ts';
import { type Queue, isAnyDue, queryOf } from './queues.ts';
import type { Turn } from './tick.ts';

/** How many first intervals between checks a call that could be fuller waits (docs/spec.md 3). */
const PATIENCE = 30;

/** While others keep coming it waits on, so long after the last, and so long altogether. */
const AFTER_LAST = 10;
const ALTOGETHER = 300;

/** The same for a look: it changes nothing, and people wait for what it shows. */
const LOOK_PATIENCE = 5;

/** When the next group of a queue has waited long enough (ms); Infinity: none waits. */
export function waitsUntil({ waiting }: Queue): number {
  let until = Infinity;
  for (const each of waiting.values()) until = Math.min(until, each.until);
  return until;
}

/** Whether a group may be ready to go that was not when the ledger was asked last. */
export async function mayFormBatch(turn: Turn): Promise<boolean> {
  const { queue, now, isLast } = turn;
  const { left, arrived, size } = queue;
  if (queue.askAt <= now || waitsUntil(queue) <= now) return true;
  if (isLast() && left + arrived > 0) return true;
  if (arrived > 0 && (left === 0 || left + arrived >= size)) return true;
  if (!queue.stirred || left === 0) return false;
  queue.stirred = false;
  for (const { first } of queue.waiting.values()) {
    if (!(await expectsMore(turn, first))) return true;
  }
  return false;
}

/**
 * The groups that go now, each as its steps: those that are full, that nobody else can join, or
 * whose first has waited for 30 intervals. Parts of a call that was refused or is in doubt wait for
 * nobody. `admit` is asked last; the first no ends it, and what is ready goes another time.
 */
export async function formBatches(turn: Turn): Promise<readonly (readonly DueStep[])[]> {
  const { queue, work } = turn;
  const query = queryOf(queue, turn.now, 2 * queue.size + queue.busy);
  Object.assign(queue, { askAt: Infinity, arrived: 0, stirred: false, left: 0 });
  const due = await work.ledger.due(work.token, query);
  const ready: (readonly DueStep[])[] = [];
  let isOpen = true;
  for (const { key, members } of await partsOf(turn, due, query)) {
    const goes: boolean = isOpen && (await isReady(turn, key, members));
    isOpen &&= !goes || turn.admit();
    if (goes && isOpen) {
      queue.waiting.delete(key);
      ready.push(members);
    } else {
      queue.left += members.length;
    }
  }
  // More than was read may be ready, or what was ready must wait.
  const isMore = !isOpen || (ready.length > 0 && due.length >= query.limit);
  const again = isMore ? 0 : await work.ledger.nextDueAt(work.token, query);
  queue.askAt = Math.min(queue.askAt, again ?? Infinity);
  return ready;
}

/** Steps that could go together. */
interface Part {
  key: string;
  members: readonly DueStep[];
}

/** What was read, by groups and in pieces of the size of a call; groups that are gone wait no more. */
async function partsOf(
  turn: Turn,
  due: readonly DueStep[],
  query: DueQuery,
): Promise<readonly Part[]> {
  const { queue } = turn;
  const free = due.filter(({ step }) => turn.isFree(step.id));
  const groups = Map.groupBy(free, ({ step }) => keyOf(queue, step));
  for (const key of queue.waiting.keys()) if (!groups.has(key)) queue.waiting.delete(key);
  const parts: Part[] = [];
  for (const [key, group] of groups) {
    const members = await whole(turn, group, query);
    for (let from = 0; from < members.length; from += queue.size) {
      parts.push({ key, members: members.slice(from, from + queue.size) });
    }
  }
  return parts;
}

function keyOf(queue: Queue, step: DueStep['step']): string {
  const group = groupOf(step);
  return groupKey(queue.kind === 'verify' ? { ...group, batch: null } : group);
}

async function isReady(turn: Turn, key: string, members: readonly DueStep[]): Promise<boolean> {
  const [first] = members;
  if (first === undefined) return false;
  if (members.length >= turn.queue.size || turn.isLast()) return true;
  if (!(await expectsMore(turn, first))) return true;
  return !waitsForMore(turn, key, first, members.length);
}

/** Whether others can become ready to go together with this one. */
async function expectsMore(
  { queue, work, now, hasMore }: Turn,
  { step }: DueStep,
): Promise<boolean> {
  if (queue.kind === 'send') {
    if (step.batch !== null) return false;
    return hasMore || work.ledger.isAwaited(work.token, queue.provider.account, groupOf(step));
  }
  return isAnyDue(work, { ...queryOf(queue, now), states: ['planned', 'intended', 'accepted'] });
}

/** Whether a group that could be fuller waits on. */
function waitsForMore(
  { queue, work: { pollInterval }, now }: Turn,
  key: string,
  first: DueStep,
  size: number,
): boolean {
  const known = queue.waiting.get(key);
  const since = known?.since ?? now;
  const patience = queue.kind === 'verify' ? LOOK_PATIENCE : PATIENCE;
  const least = known?.until ?? since + patience * pollInterval;
  const hasGrown = known !== undefined && size > known.size;
  const longer = Math.max(least, queue.lastAt + AFTER_LAST * pollInterval);
  const until = hasGrown ? Math.min(longer, since + ALTOGETHER * pollInterval) : least;
  queue.waiting.set(key, { since, until, size, first });
  return now < until;
}

/** All that stand in a group, where the look at the ledger may have been too short for them. */
async function whole(
  { queue, work, isFree }: Turn,
  group: readonly DueStep[],
  query: DueQuery,
): Promise<readonly DueStep[]> {
  const [first] = group;
  if (queue.kind === 'verify' || first === undefined || first.step.batch === null) return group;
  const all = await work.ledger.due(work.token, { ...query, group: groupOf(first.step) });
  return all.filter(({ step }) => isFree(step.id));
}
