import { GdprError } from '../errors.ts';
import { type DueQuery, type Holder, LeaseLost } from '../ledger/ledger.ts';
import type { Provider } from '../providers/provider.ts';
import type { StepState } from '../requests/request.ts';
import { type Slot, WAITING, advance } from './advance.ts';
import type { Job, Work } from './work.ts';

/** When a run has done its part. */
export type Until =
  /** Every step has ended. */
  | 'ended'
  /** Everything that can be sent is accepted. */
  | 'sent'
  /** Nothing can be done at this moment. */
  | 'idle';

const RENEW = 20_000;
const KINDS: readonly Slot[] = ['submit', 'check', 'collect'];

/** How many steps of one provider are worked on at once, by what is done with them. */
const SLOTS: Readonly<Record<Slot, number>> = { submit: 8, check: 8, collect: 3 };

interface UnderWay {
  slot: Slot;
  provider: Provider;
  task: Promise<void>;
}

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
  const underWay = new Map<string, UnderWay>();
  const failures: unknown[] = [];
  const failed = new AbortController();
  const work: Work = { ...given, stop: AbortSignal.any([given.stop, failed.signal]) };
  // Rung when something ends. A new one is hung up before the ledger is read, so that what ends
  // while it is read is not slept through.
  let bell = new AbortController();
  let held = ids;
  let renewAt = work.clock.now() + RENEW;

  const fail = (thrown: unknown): void => {
    failures.push(thrown);
    failed.abort();
  };
  const start = (job: Job, slot: Slot): void => {
    const task = advance(work, job)
      .catch(async (thrown: unknown) => {
        if (!(await isLeaseLost(thrown, job, holder, work))) fail(thrown);
      })
      .finally(() => {
        underWay.delete(job.step.id);
        bell.abort();
      });
    underWay.set(job.step.id, { slot, provider: job.provider, task });
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
    for (const { job, slot } of await readyJobs(until, now, work, underWay)) start(job, slot);
    const resting = underWay.size === 0 && !bell.signal.aborted;
    if (resting && (await isDone(until, held, now, work))) return false;
    await pause(held, now, renewAt, work, bell.signal);
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
  { step }: Job,
  holder: Holder,
  work: Work,
): Promise<boolean> {
  if (thrown instanceof LeaseLost) return true;
  if (!(thrown instanceof GdprError && thrown.fault === 'storage')) return false;
  const [ours] = await work.ledger.take([step.requestId], holder, work.clock.now());
  return ours === undefined;
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
async function readyJobs(
  until: Until,
  now: number,
  work: Work,
  underWay: ReadonlyMap<string, UnderWay>,
): Promise<{ job: Job; slot: Slot }[]> {
  // Before the ledger is read: what ends meanwhile would be read as it was, and be done twice.
  const busy = new Map(underWay);
  const ready: { job: Job; slot: Slot }[] = [];
  for (const provider of askable(work)) {
    const { name, account } = provider;
    const facts = { provider, epoch: work.health.epoch(name), round: work.health.round(name) };
    for (const slot of KINDS) {
      if (slot === 'submit' && work.health.pausedUntil(name) > now) continue;
      if (slot === 'collect' && work.health.filesStoppage(name) !== null) continue;
      const states = WAITING[slot].filter((state) => until !== 'sent' || isToSend(state));
      const limit = SLOTS[slot] + busy.size;
      const due = await work.ledger.due(work.token, {
        at: now,
        limit,
        accounts: [account],
        states,
      });
      ready.push(
        ...due
          .filter(({ step }) => !busy.has(step.id))
          .slice(0, room(slot, provider, busy))
          .map((each) => ({ job: { ...each, ...facts, begunAt: now }, slot })),
      );
    }
  }
  return ready;
}

/** What `--no-wait` still works on: what is not sent, or may not have been. */
function isToSend(state: StepState): boolean {
  return WAITING.submit.includes(state) || state === 'in_doubt';
}

function room(slot: Slot, provider: Provider, busy: ReadonlyMap<string, UnderWay>): number {
  const same = [...busy.values()].filter(
    (each) => each.provider === provider && each.slot === slot,
  );
  return SLOTS[slot] - same.length;
}

/** What can still be worked on in this run: the steps of a provider, in the states that are served. */
function served(work: Work, now: number): DueQuery[] {
  return askable(work).map(({ name, account }) => {
    const kinds = KINDS.filter(
      (kind) => kind !== 'collect' || work.health.filesStoppage(name) === null,
    );
    return {
      at: now,
      limit: 1,
      accounts: [account],
      states: kinds.flatMap((kind) => WAITING[kind]),
    };
  });
}

/** Nothing is under way, and nothing can be begun: is there nothing to wait for either? */
async function isDone(
  until: Until,
  held: readonly string[],
  now: number,
  work: Work,
): Promise<boolean> {
  if (until === 'idle') return true;
  if (until === 'ended' && held.length > 0) return false;
  for (const query of served(work, now)) {
    const states = until === 'sent' ? WAITING.submit : (query.states ?? []);
    const waiting = { ...query, at: Number.MAX_SAFE_INTEGER, states };
    if ((await work.ledger.due(work.token, waiting)).length > 0) return false;
  }
  return true;
}

/** Until something ends, something falls due, a provider's pause is over, or the lease needs prolonging. */
async function pause(
  held: readonly string[],
  now: number,
  renewAt: number,
  work: Work,
  bell: AbortSignal,
): Promise<void> {
  const wakes = [renewAt];
  for (const query of served(work, now)) {
    const dueAt = await work.ledger.nextDueAt(work.token, query);
    if (dueAt !== null) wakes.push(dueAt);
  }
  const paused = askable(work).map(({ name }) => work.health.pausedUntil(name));
  wakes.push(...paused.filter((at) => at > now));
  if (held.length > 0) wakes.push(now + work.pollInterval);
  const length = Math.min(...wakes) - work.clock.now();
  await work.clock.sleep(Math.max(0, length), AbortSignal.any([bell, work.stop]));
}
