import { GdprError } from '../errors.ts';
import { type DueQuery, type Holder, LeaseLost } from '../ledger/ledger.ts';
import type { Provider } from '../providers/provider.ts';
import { type Gathering, createGathering } from './gather.ts';
import { KINDS, type Kind, isToSend } from './kinds.ts';
import { type Ready, readyBatches, readySingles, readySweep } from './ready.ts';
import type { Errand, Work } from './work.ts';

/** When a run has done its part. */
export type Until =
  /** Every step has ended. */
  | 'ended'
  /** Everything that can be sent is accepted. */
  | 'sent'
  /** Nothing can be done at this moment. */
  | 'idle';

const RENEW = 20_000;

/** What is worked on, by the steps that it is about; those of one call share one entry. */
type UnderWay = Map<string, { kind: Kind; provider: Provider; task: Promise<void> }>;

/**
 * Works on requests until `until`, or until `work.stop` aborts: takes those that nobody holds, and
 * submits, checks and collects beside each other. What is under way at the end is finished (a
 * submission) or broken off (everything else); all of it can be carried on by another run.
 * Throws GdprError `storage` when the ledger or a bundle cannot be written.
 */
export async function run(
  ids: readonly string[],
  until: Until,
  holder: Holder,
  given: Work,
): Promise<void> {
  const underWay: UnderWay = new Map();
  const failures: unknown[] = [];
  const failed = new AbortController();
  const work: Work = { ...given, stop: AbortSignal.any([given.stop, failed.signal]) };
  const gathering = createGathering(work);
  // Rung when something ends. A new one is hung up before the ledger is read, so that what ends
  // while it is read is not slept through.
  let bell = new AbortController();
  let held = ids;
  let renewAt = work.clock.now() + RENEW;

  const fail = (thrown: unknown): void => {
    failures.push(thrown);
    failed.abort();
  };
  const start = ({ kind, provider, members, go }: Ready): void => {
    const task = go()
      .catch(async (thrown: unknown) => {
        const [first] = members;
        const requestId = first?.step.requestId ?? '';
        if (!(await isLeaseLost(thrown, requestId, holder, work))) fail(thrown);
      })
      .finally(() => {
        for (const { step } of members) underWay.delete(step.id);
        bell.abort();
      });
    const entry = { kind, provider, task };
    for (const { step } of members) underWay.set(step.id, entry);
  };
  /** One look at the ledger; false: there is nothing left to do. */
  const look = async (): Promise<boolean> => {
    bell = new AbortController();
    // One instant for the whole look: what falls due meanwhile must not be missed by both questions.
    const now = work.clock.now();
    if (now >= renewAt) {
      await work.ledger.renew(holder, now);
      renewAt = now + RENEW;
    }
    held = await takeMore(held, holder, work);
    for (const ready of await readyWork(until, now, work, { underWay, gathering })) start(ready);
    const resting = underWay.size === 0 && !bell.signal.aborted;
    if (resting && (await isDone(until, now, work))) {
      if (until !== 'ended' || held.length === 0) return false;
      // Nothing of ours is left to do: who waits for it, as we wait for theirs, may have it.
      await work.ledger.release(holder);
    }
    await pause(held, now, renewAt, work, { gathering, bell: bell.signal });
    return true;
  };

  try {
    while (!work.stop.aborted && (await look()));
  } catch (thrown) {
    fail(thrown);
  }
  await Promise.all(Array.from(underWay.values(), ({ task }) => task));
  if (failures.length > 0) throw failures[0];
}

/** Whether it failed because another process has taken the request over, and its files with it. */
async function isLeaseLost(
  thrown: unknown,
  requestId: string,
  holder: Holder,
  work: Work,
): Promise<boolean> {
  const isAboutLease = thrown instanceof LeaseLost;
  if (!isAboutLease && !(thrown instanceof GdprError && thrown.fault === 'storage')) return false;
  try {
    const [ours] = await work.ledger.take([requestId], holder, work.clock.now());
    return ours === undefined;
  } catch {
    // The ledger cannot tell (its disk may be full): what failed stands as it is.
    return false;
  }
}

/** Takes those of the requests that have come free; answers with the ones still held by others. */
async function takeMore(
  ids: readonly string[],
  holder: Holder,
  work: Work,
): Promise<readonly string[]> {
  if (ids.length === 0) return ids;
  const now = work.clock.now();
  const taken = new Set(await work.ledger.take(ids, holder, now));
  return ids.filter((id) => !taken.has(id));
}

/** The providers that can be asked: configured, and not stopped in this run. */
function askable(work: Work): Provider[] {
  return [...work.providers.values()].filter(({ name }) => work.health.stoppage(name) === null);
}

/**
 * What can be begun now. Each kind of work of each provider is looked for by itself, so that a long
 * queue for one keeps nobody else waiting.
 */
async function readyWork(
  until: Until,
  now: number,
  work: Work,
  { underWay, gathering }: { underWay: UnderWay; gathering: Gathering },
): Promise<readonly Ready[]> {
  // Before the ledger is read: what ends meanwhile would be read as it was, and be done twice.
  const busy = new Set(underWay.keys());
  const tasks = [...new Set(underWay.values())];
  const countOf = (provider: Provider, kind: Kind): number =>
    tasks.filter((each) => each.provider === provider && each.kind === kind).length;
  const onlySending = until === 'sent';
  const ready: Ready[] = [];
  for (const provider of askable(work)) {
    const { name } = provider;
    const { health } = work;
    const errand: Errand = {
      provider,
      epoch: health.epoch(name),
      round: health.round(name),
      begunAt: now,
    };
    const singles = await readySingles(
      work,
      errand,
      { now, busy, isLast: false },
      onlySending,
      countOf,
    );
    const isLast = until !== 'ended' && busy.size === 0 && ready.length + singles.length === 0;
    const glance = { now, busy, isLast };
    const batches = await readyBatches(work, errand, glance, onlySending, { gathering, countOf });
    const swept = onlySending ? [] : await readySweep(work, errand, glance, countOf);
    ready.push(...swept, ...singles, ...batches);
  }
  return ready;
}

/** What can still be worked on in this run: each kind of work of the providers that can be asked. */
function served(until: Until, work: Work, now: number): DueQuery[] {
  const kinds = Object.values(KINDS);
  return askable(work).flatMap(({ name, account }) =>
    kinds
      .filter((kind) => kind !== KINDS.collect || work.health.filesStoppage(name) === null)
      .map(({ states, operations }) => ({
        at: now,
        limit: 1,
        accounts: [account],
        states:
          until === 'sent'
            ? states.filter((each) => each !== 'in_doubt' && isToSend(each))
            : states,
        operations,
      })),
  );
}

/** Nothing is under way, and nothing can be begun: is there nothing to wait for either? */
async function isDone(until: Until, now: number, work: Work): Promise<boolean> {
  if (until === 'idle') return true;
  for (const query of served(until, work, now)) {
    if ((await work.ledger.due(work.token, query)).length > 0) return false;
    if ((await work.ledger.nextDueAt(work.token, query)) !== null) return false;
  }
  return true;
}

/**
 * Until something ends, something falls due, a call that could be fuller has waited long enough, a
 * provider's pause is over, or the lease needs prolonging.
 */
async function pause(
  held: readonly string[],
  now: number,
  renewAt: number,
  work: Work,
  { gathering, bell }: { gathering: Gathering; bell: AbortSignal },
): Promise<void> {
  const wakes = [renewAt];
  for (const query of served('ended', work, now)) {
    const dueAt = await work.ledger.nextDueAt(work.token, query);
    if (dueAt !== null) wakes.push(dueAt);
  }
  const paused = askable(work).map(({ name }) => work.health.pausedUntil(name));
  const gatheredAt = gathering.wakeAt();
  wakes.push(...[...paused, ...(gatheredAt === null ? [] : [gatheredAt])].filter((at) => at > now));
  if (held.length > 0) wakes.push(now + work.pollInterval);
  const length = Math.min(...wakes) - work.clock.now();
  await work.clock.sleep(Math.max(0, length), AbortSignal.any([bell, work.stop]));
}
