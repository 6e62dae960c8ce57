import type { DueStep } from '../ledger/ledger.ts';
import type { Provider } from '../providers/provider.ts';
import { advance } from './advance.ts';
import { callOf, groupKey, groupOf } from './batch.ts';
import { sendTogether } from './delete.ts';
import { recoverTogether, resolveTogether } from './doubt.ts';
import { checkTogether, lookTogether, sweep } from './follow.ts';
import type { Gathering, Glance } from './gather.ts';
import { KINDS, type Kind, isToSend } from './kinds.ts';
import type { Batch, Errand, Work } from './work.ts';

/** Work that can begin now: the steps it is about, and what is to be done. */
export interface Ready {
  kind: Kind;
  provider: Provider;
  members: readonly DueStep[];
  go: () => Promise<void>;
}

/** How much of a kind is under way at a provider. */
export type CountOf = (provider: Provider, kind: Kind) => number;

/** The most steps that one look at the provider is about. */
const MOST_LOOKED = 100;

/** The most steps whose calls are checked in one go. */
const MOST_SWEPT = 1_000;

/** Calls of a provider that tells about many at once: all that are due, one sweep at a time. */
export async function readySweep(
  work: Work,
  errand: Errand,
  glance: Glance,
  countOf: CountOf,
): Promise<readonly Ready[]> {
  const { provider } = errand;
  if (!provider.checksMany || countOf(provider, KINDS.sweep) > 0) return [];
  const due = await dueOf(work, provider, KINDS.sweep, glance, MOST_SWEPT, false);
  const calls = await servedTogether(work, due, glance);
  if (calls.length === 0) return [];
  const go = (): Promise<void> => sweep(work, errand, calls);
  return [{ kind: KINDS.sweep, provider, members: calls.flat(), go }];
}

/** Exports: each step by itself. */
export async function readySingles(
  work: Work,
  errand: Errand,
  glance: Glance,
  onlySending: boolean,
  countOf: CountOf,
): Promise<readonly Ready[]> {
  const ready: Ready[] = [];
  const { provider } = errand;
  for (const kind of [KINDS.submit, KINDS.check, KINDS.collect]) {
    if (isShut(kind, provider, work, glance.now)) continue;
    const due = await dueOf(work, provider, kind, glance, kind.atOnce, onlySending);
    ready.push(
      ...due.slice(0, kind.atOnce - countOf(provider, kind)).map((each) => ({
        kind,
        provider,
        members: [each],
        go: () => advance(work, { ...each, ...errand }),
      })),
    );
  }
  return ready;
}

/** Deletions and restores: as many steps together as share a call, or can be looked for at once. */
export async function readyBatches(
  work: Work,
  errand: Errand,
  glance: Glance,
  onlySending: boolean,
  { gathering, countOf }: { gathering: Gathering; countOf: CountOf },
): Promise<readonly Ready[]> {
  const { provider } = errand;
  const room = (kind: Kind): number => kind.atOnce - countOf(provider, kind);
  const ready = (
    kind: Kind,
    members: readonly DueStep[],
    go: (work: Work, batch: Batch) => Promise<void>,
  ): Ready => {
    const batch: Batch = { ...errand, members, call: callOf(members) };
    return { kind, provider, members, go: () => go(work, batch) };
  };
  const followed = await byCall(work, provider, glance, onlySending);
  const looked = onlySending ? [] : await byLook(work, provider, glance, gathering);
  const formed: (readonly DueStep[])[] = [];
  if (!isShut(KINDS.send, provider, work, glance.now)) {
    const quiet = glance.isLast && followed.length === 0 && looked.length === 0;
    for (const operation of KINDS.send.operations) {
      formed.push(...(await gathering.form(provider, operation, { ...glance, isLast: quiet })));
    }
  }
  return [
    ...followed
      .slice(0, room(KINDS.follow))
      .map((members) => ready(KINDS.follow, members, followUp(members))),
    ...looked.slice(0, room(KINDS.look)).map((members) => ready(KINDS.look, members, lookTogether)),
    ...formed.slice(0, room(KINDS.send)).map((members) => ready(KINDS.send, members, sendTogether)),
  ];
}

function followUp([first]: readonly DueStep[]): (work: Work, batch: Batch) => Promise<void> {
  const state = first?.step.state;
  if (state === 'intended') return recoverTogether;
  return state === 'in_doubt' ? resolveTogether : checkTogether;
}

/** What waits for an answer about its call: all of the steps that the call serves. */
async function byCall(
  work: Work,
  provider: Provider,
  glance: Glance,
  onlySending: boolean,
): Promise<readonly (readonly DueStep[])[]> {
  const due = await dueOf(work, provider, KINDS.follow, glance, MOST_LOOKED, onlySending);
  return servedTogether(work, due, glance);
}

/** For each call of these steps, all that it serves and that are in the same state. */
async function servedTogether(
  work: Work,
  due: readonly DueStep[],
  glance: Glance,
): Promise<readonly (readonly DueStep[])[]> {
  const calls = new Map<string, readonly DueStep[]>();
  for (const { step } of due) {
    const { callId, state } = step;
    if (callId === null || calls.has(callId)) continue;
    const all = await work.ledger.stepsOf(callId);
    const alike = all.filter((each) => each.step.state === state);
    if (!alike.some((each) => glance.busy.has(each.step.id))) calls.set(callId, alike);
  }
  return [...calls.values()];
}

/** What is to be looked for: those of one operation with the same options share a look. */
async function byLook(
  work: Work,
  provider: Provider,
  glance: Glance,
  gathering: Gathering,
): Promise<readonly (readonly DueStep[])[]> {
  const due = await dueOf(work, provider, KINDS.look, glance, MOST_LOOKED, false);
  const groups = Map.groupBy(due, ({ step }) => groupKey({ ...groupOf(step), batch: null }));
  const full: (readonly DueStep[])[] = [];
  for (const members of groups.values()) {
    const isFull = members.length >= MOST_LOOKED;
    if (isFull || (await gathering.mayLook(provider, members, glance))) full.push(members);
  }
  return full;
}

async function dueOf(
  work: Work,
  { account, checksMany }: Provider,
  kind: Kind,
  { now, busy }: Glance,
  limit: number,
  onlySending: boolean,
): Promise<readonly DueStep[]> {
  const swept = checksMany && kind !== KINDS.sweep;
  const states = kind.states.filter(
    (state) =>
      (!onlySending || isToSend(state) || (state === 'accepted' && kind === KINDS.follow)) &&
      !(swept && state === 'accepted'),
  );
  const due = await work.ledger.due(work.token, {
    at: now,
    limit: limit + busy.size,
    accounts: [account],
    states,
    operations: kind.operations,
  });
  return due.filter(({ step }) => !busy.has(step.id)).slice(0, limit);
}

/** Whether nothing of the kind is begun at the provider now. */
function isShut(kind: Kind, { name }: Provider, work: Work, now: number): boolean {
  if (kind === KINDS.collect) return work.health.filesStoppage(name) !== null;
  const sends = kind === KINDS.submit || kind === KINDS.send;
  return sends && work.health.pausedUntil(name) > now;
}
