import type { DueStep } from '../ledger/ledger.ts';
import { isExport } from '../requests/operations.ts';
import { advance } from './advance.ts';
import { callOf } from './batch.ts';
import { sendTogether } from './delete.ts';
import { recoverTogether, resolveTogether } from './doubt.ts';
import { checkTogether, lookTogether, sweep } from './follow.ts';
import { formed, mayForm } from './gather.ts';
import type { Glance } from './glance.ts';
import { KINDS } from './kinds.ts';
import type { Line } from './line.ts';
import type { Sweeps } from './sweeps.ts';
import type { Batch, Shift } from './work.ts';

/** Work that can begin now: the steps it is about, and what is to be done. */
export interface Ready {
  line: Line;
  members: readonly DueStep[];
  go: () => Promise<void>;
}

/** How many steps are read in one go. */
const STOCK = 100;

/** All that a run holds: a sweep is about every running task. */
const MOST_SWEPT = 10_000;
const EVER = Number.MAX_SAFE_INTEGER;

/**
 * What of a line can begin now, each by itself or all that a call serves: as long as `admit`, which
 * counts, says so.
 */
export async function readyOf(
  line: Line,
  glance: Glance,
  work: Shift,
  admit: () => boolean,
): Promise<readonly Ready[]> {
  if (line.stock.length === 0 && line.askAt <= glance.now) await refill(line, glance, work);
  const ready: Ready[] = [];
  let begun = 0;
  while (begun < line.stock.length && admit()) {
    const each = line.stock[begun];
    begun += 1;
    if (each === undefined) break;
    if (isExport(each.step.operation)) {
      ready.push({ line, members: [each], go: () => advance(work, { ...each, ...glance.errand }) });
      continue;
    }
    const members = await companions(line, each, glance, work);
    if (members.length === 0) continue;
    ready.push(together(line, members, glance, work));
    if (members.length === 1) continue;
    const along = new Set(members.map(({ step }) => step.id));
    line.stock = line.stock.slice(begun).filter(({ step }) => !along.has(step.id));
    begun = 0;
  }
  line.stock = line.stock.slice(begun);
  return ready;
}

/** Calls and looks for several that can begin now. */
export async function readyGroups(
  line: Line,
  glance: Glance,
  work: Shift,
  admit: () => boolean,
): Promise<readonly Ready[]> {
  if (!(await mayForm(line, glance, work))) return [];
  const groups = await formed(line, glance, work, admit);
  return groups.map((members) => together(line, members, glance, work));
}

/**
 * A look at all that runs at a provider which lists many at once, when one of them is due: what is
 * not due yet costs nothing more. Bad news that wait for a second look are left out.
 */
export async function readySweep(
  line: Line,
  glance: Glance,
  work: Shift,
  sweeps: Sweeps,
): Promise<readonly Ready[]> {
  const { now, errand } = glance;
  if (line.askAt > now || sweeps.nextAt > now) return [];
  line.askAt = Infinity;
  const { states, operations, provider } = line;
  const query = { accounts: [provider.account], states, operations };
  const due = await work.ledger.due(work.token, { ...query, at: now, limit: 1 });
  if (due.length === 0) {
    const next = await work.ledger.nextDueAt(work.token, { ...query, at: now, limit: 1 });
    line.askAt = Math.min(line.askAt, next ?? Infinity);
    return [];
  }
  const all = await work.ledger.due(work.token, { ...query, at: EVER, limit: MOST_SWEPT });
  const members: (readonly DueStep[])[] = [];
  const seen = new Set<string | null>();
  for (const each of all) {
    work.running.note(each.step);
    if (seen.has(each.step.callId) || !isFree(line, each.step, glance)) continue;
    seen.add(each.step.callId);
    const along = await companions(line, each, glance, work);
    if (along.length > 0) members.push(along);
  }
  if (members.length === 0) return [];
  sweeps.begin(now, members.length);
  const go = async (): Promise<void> => sweeps.found(await sweep(work, errand, members));
  return [{ line, members: members.flat(), go }];
}

/** Whether a step is to be swept; one that is not is heard of again when it is due. */
function isFree(line: Line, { id, tries, nextAt }: DueStep['step'], glance: Glance): boolean {
  if (tries > 0 && nextAt !== null && nextAt > glance.now) {
    line.askAt = Math.min(line.askAt, nextAt);
    return false;
  }
  return glance.isFree(line, id);
}

async function refill(line: Line, { now, isFree: free }: Glance, work: Shift): Promise<void> {
  const { states, operations, provider } = line;
  const limit = STOCK + line.busy;
  const query = { at: now, limit, accounts: [provider.account], states, operations };
  line.askAt = Infinity;
  const due = await work.ledger.due(work.token, query);
  line.stock = due.filter(({ step }) => free(line, step.id));
  for (const { step } of line.stock) work.running.note(step);
  const next = due.length < limit ? await work.ledger.nextDueAt(work.token, query) : 0;
  line.askAt = Math.min(line.askAt, next ?? Infinity);
}

/** All that go with a step because its call serves them; itself, where it is sent by itself. */
async function companions(
  line: Line,
  each: DueStep,
  glance: Glance,
  work: Shift,
): Promise<readonly DueStep[]> {
  const { step, call } = each;
  if (line.kind === KINDS.send || call === null || call.stepIds.length === 1) return [each];
  const all = await work.ledger.stepsOf(call.id);
  const alike = all.filter((other) => other.step.state === step.state);
  return alike.every((other) => glance.isFree(line, other.step.id)) ? alike : [];
}

function together(line: Line, members: readonly DueStep[], { errand }: Glance, work: Shift): Ready {
  const batch: Batch = { ...errand, members, call: callOf(members) };
  const go = goOf(line, members[0]);
  return { line, members, go: () => go(work, batch) };
}

function goOf(
  { kind }: Line,
  first: DueStep | undefined,
): (work: Shift, batch: Batch) => Promise<void> {
  if (kind === KINDS.send) return sendTogether;
  if (kind === KINDS.look) return lookTogether;
  if (kind === KINDS.follow) return checkTogether;
  return first?.step.state === 'intended' ? recoverTogether : resolveTogether;
}
