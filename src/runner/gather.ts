import type { DueQuery, DueStep } from '../ledger/ledger.ts';
import { groupKey, groupOf } from './batch.ts';
import { KINDS } from './kinds.ts';
import type { Line } from './line.ts';
import type { Glance } from './glance.ts';
import type { Work } from './work.ts';

/** How many first intervals between checks a call that could be fuller waits (SPEC section 3). */
const PATIENCE = 30;

/** While others keep coming it waits on, so long after the last, and so long altogether. */
const AFTER_LAST = 10;
const ALTOGETHER = 300;

/** The same for a look: it changes nothing, and people wait for what it shows. */
const LOOK_PATIENCE = 5;

/** When the next group of a line has waited long enough (ms); Infinity: none waits. */
export function patientUntil({ waiting }: Line): number {
  let until = Infinity;
  for (const each of waiting.values()) until = Math.min(until, each.until);
  return until;
}

/** Whether a group may be ready to go that was not when the ledger was asked last. */
export async function mayForm(line: Line, glance: Glance, work: Work): Promise<boolean> {
  const { now, isLast } = glance;
  const { left, arrived, size } = line;
  if (line.askAt <= now || patientUntil(line) <= now) return true;
  if (isLast() && left + arrived > 0) return true;
  if (arrived > 0 && (left === 0 || left + arrived >= size)) return true;
  if (!line.stirred || left === 0) return false;
  line.stirred = false;
  for (const { first } of line.waiting.values()) {
    if (!(await expectsMore(line, first, glance, work))) return true;
  }
  return false;
}

/**
 * The groups that go now, each as its steps: those that are full, that nobody else can join, or
 * whose first has waited for 30 intervals. Parts of a call that was refused or is in doubt wait for
 * nobody. `admit` is asked last; the first no ends it, and what is ready goes another time.
 */
export async function formed(
  line: Line,
  glance: Glance,
  work: Work,
  admit: () => boolean,
): Promise<readonly (readonly DueStep[])[]> {
  const query: DueQuery = {
    at: glance.now,
    limit: 2 * line.size + line.busy,
    accounts: [line.provider.account],
    states: line.states,
    operations: line.operations,
  };
  Object.assign(line, { askAt: Infinity, arrived: 0, stirred: false, left: 0 });
  const due = await work.ledger.due(work.token, query);
  const parts = await partsOf(line, due, query, glance, work);
  const ready: (readonly DueStep[])[] = [];
  let isOpen = true;
  for (const { key, members } of parts) {
    const goes: boolean = isOpen && (await isReady(line, key, members, glance, work));
    isOpen &&= !goes || admit();
    if (goes && isOpen) {
      line.waiting.delete(key);
      ready.push(members);
    } else {
      line.left += members.length;
    }
  }
  // More than was read may be ready, or what was ready must wait.
  const isMore = !isOpen || (ready.length > 0 && due.length >= query.limit);
  const again = isMore ? 0 : await work.ledger.nextDueAt(work.token, query);
  line.askAt = Math.min(line.askAt, again ?? Infinity);
  return ready;
}

/** Steps that could go together. */
interface Part {
  key: string;
  members: readonly DueStep[];
}

/** What was read, by groups and in pieces of the size of a call; groups that are gone wait no more. */
async function partsOf(
  line: Line,
  due: readonly DueStep[],
  query: DueQuery,
  glance: Glance,
  work: Work,
): Promise<readonly Part[]> {
  const free = due.filter(({ step }) => glance.isFree(line, step.id));
  const groups = Map.groupBy(free, ({ step }) => keyOf(line, step));
  for (const key of line.waiting.keys()) if (!groups.has(key)) line.waiting.delete(key);
  const parts: Part[] = [];
  for (const [key, group] of groups) {
    const members = await whole(line, group, query, glance, work);
    for (let from = 0; from < members.length; from += line.size) {
      parts.push({ key, members: members.slice(from, from + line.size) });
    }
  }
  return parts;
}

function keyOf(line: Line, step: DueStep['step']): string {
  const group = groupOf(step);
  return groupKey(line.kind === KINDS.look ? { ...group, batch: null } : group);
}

async function isReady(
  line: Line,
  key: string,
  members: readonly DueStep[],
  glance: Glance,
  work: Work,
): Promise<boolean> {
  const [first] = members;
  if (first === undefined) return false;
  if (members.length >= line.size || glance.isLast()) return true;
  if (!(await expectsMore(line, first, glance, work))) return true;
  return !isPatient(line, key, first, members.length, glance.now, work);
}

/** Whether others can become ready to go together with this one. */
async function expectsMore(
  line: Line,
  { step }: DueStep,
  { now, hasMore }: Glance,
  { ledger, token }: Work,
): Promise<boolean> {
  const { account } = line.provider;
  if (line.kind === KINDS.send) {
    if (step.batch !== null) return false;
    return hasMore || ledger.isAwaited(token, account, groupOf(step));
  }
  const running: DueQuery = {
    at: now,
    limit: 1,
    accounts: [account],
    operations: line.operations,
    states: ['planned', 'intended', 'accepted'],
  };
  if ((await ledger.due(token, running)).length > 0) return true;
  return (await ledger.nextDueAt(token, running)) !== null;
}

/** Whether a group that could be fuller waits on. */
function isPatient(
  line: Line,
  key: string,
  first: DueStep,
  size: number,
  now: number,
  { pollInterval }: Work,
): boolean {
  const known = line.waiting.get(key);
  const since = known?.since ?? now;
  const patience = line.kind === KINDS.look ? LOOK_PATIENCE : PATIENCE;
  const least = known?.until ?? since + patience * pollInterval;
  const hasGrown = known !== undefined && size > known.size;
  const longer = Math.max(least, line.lastAt + AFTER_LAST * pollInterval);
  const until = hasGrown ? Math.min(longer, since + ALTOGETHER * pollInterval) : least;
  line.waiting.set(key, { since, until, size, first });
  return now < until;
}

/** All that stand in a group, where the look at the ledger may have been too short for them. */
async function whole(
  line: Line,
  group: readonly DueStep[],
  query: DueQuery,
  { isFree }: Glance,
  work: Work,
): Promise<readonly DueStep[]> {
  const [first] = group;
  if (line.kind === KINDS.look || first === undefined || first.step.batch === null) return group;
  const all = await work.ledger.due(work.token, { ...query, group: groupOf(first.step) });
  return all.filter(({ step }) => isFree(line, step.id));
}
