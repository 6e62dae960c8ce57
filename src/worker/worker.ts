import type { Holder } from '../ledger/ledger.ts';
import type { WorkerContext, WorkerDeps } from './context.ts';
import { createRunningTasks, trackInFlight } from './in-flight.ts';
import { createSealer } from './jobs/seal.ts';
import { createPollSchedule, createWakeUp } from './poll-schedule.ts';
import { type RequestSource, createPrefetch } from './prefetch.ts';
import { type Queue, forgetQueue, isAnyDue, isAskable, queryOf, queuesOf } from './queues.ts';
import { createReservations } from './reservations.ts';
import { dispatchAll } from './tick.ts';

/** When a run has done its part. */
export type Until =
  /** Every step has ended. */
  | 'ended'
  /** Everything that can be sent is accepted. */
  | 'sent'
  /** Nothing can be done at this moment. */
  | 'idle';

const RENEW = 20_000;

/**
 * Works on the requests of a source until `until`, or until `work.stop` aborts: takes those that
 * nobody holds, a prefetch of them at a time, and submits, checks and collects beside each other. What
 * is under way at the end is finished (a submission) or broken off (everything else); all of it can
 * be carried on by another run. What a crash has left without its receipt is sealed. Answers with how
 * long (ms) calls that were ready waited for nothing but rate limits. Throws GdprError `storage` when the ledger or a bundle cannot be written.
 */
export async function runWorker(
  source: RequestSource,
  until: Until,
  holder: Holder,
  given: WorkerDeps,
): Promise<{ limited: number }> {
  const { clock, ledger, pollInterval } = given;
  const failures: unknown[] = [];
  const failed = new AbortController();
  const stop = AbortSignal.any([given.stop, failed.signal]);
  const wakeUp = createWakeUp(clock, stop);
  const queues = [...given.providers.values()].flatMap(queuesOf);
  const runningTasks = createRunningTasks();
  const fail = (thrown: unknown): void => {
    failures.push(thrown);
    failed.abort();
  };
  const inFlight = trackInFlight(queues, {
    holder,
    work: given,
    wake: wakeUp.wake,
    fail,
    lost: (steps) => steps.forEach((step) => runningTasks.forget(step)),
  });
  const prefetch = createPrefetch(source, holder, ledger, {
    outstanding: given.outstanding,
    interval: pollInterval,
  });
  const work: WorkerContext = {
    ...given,
    stop,
    reservations: createReservations(),
    seal: createSealer({ ...given, holder }),
    runningTasks,
    changed(step) {
      inFlight.changed(step);
      runningTasks.note(step);
      if (step.finishedAt !== null) prefetch.ended();
    },
  };
  const schedule = createPollSchedule(pollInterval);
  const mode = { onlySending: until === 'sent', isHasty: until !== 'ended' };
  let limited = 0;
  let last = { at: 0, isLimited: false };
  let renewAt = clock.now() + RENEW;

  /** Prolongs what is held, and takes more where there is room; true: some were taken. */
  const hold = async (now: number): Promise<boolean> => {
    const renews = now >= renewAt;
    if (renews) {
      await ledger.renew(holder, now);
      renewAt = now + RENEW;
    }
    const isFuller = await prefetch.fill(now, inFlight.isIdle);
    if (isFuller || renews) for (const queue of queues) queue.askAt = 0;
    return isFuller;
  };
  /** Of those that are held nothing is left to do. False: and there are no others. */
  const goOn = async (): Promise<boolean> => {
    const hasOthers = prefetch.hasMore
      ? [...work.providers.keys()].some((name) => work.breaker.stoppage(name) === null)
      : until === 'ended' && prefetch.triesAt !== null;
    if (!hasOthers) return false;
    // Others wait for their turn, or for us as we for them.
    await prefetch.release();
    runningTasks.clear();
    queues.forEach(forgetQueue);
    return true;
  };
  /** One look at the ledger; false: there is nothing left to do. */
  const look = async (): Promise<boolean> => {
    wakeUp.reset();
    inFlight.look();
    // One instant for the whole look: what falls due meanwhile must not be missed by both questions.
    const now = clock.now();
    if (last.isLimited) limited += now - last.at;
    const isFuller = await hold(now);
    const { hasMore } = prefetch;
    const result = await dispatchAll({ queues, inFlight, schedule, work, now, ...mode, hasMore });
    last = { at: now, isLimited: result.isLimited };
    const isIdle = inFlight.isIdle && !wakeUp.isSignalled() && !result.isPending;
    const isOver = isIdle && (until === 'idle' || (await isDone(queues, until, work, now)));
    if (isOver && !(await goOn())) return false;
    const takesMore = hasMore && (isFuller || isOver);
    const wakeAt = Math.min(renewAt, result.wakeAt, prefetch.triesAt ?? Infinity);
    await wakeUp.sleep(takesMore ? 0 : wakeAt - clock.now());
    return true;
  };

  try {
    while (!stop.aborted && (await look()));
  } catch (thrown) {
    fail(thrown);
  }
  await inFlight.over();
  if (failures.length > 0) throw failures[0];
  for (const ids of source.all()) await work.seal(ids);
  return { limited };
}

/** Nothing is under way, and nothing can be begun: is there nothing to wait for either? */
async function isDone(
  queues: readonly Queue[],
  until: Until,
  work: WorkerDeps,
  at: number,
): Promise<boolean> {
  for (const queue of queues) {
    if (!isAskable(queue, work.breaker) || (until === 'sent' && queue.kind !== 'send')) continue;
    const query = queryOf(queue, at);
    if (until === 'sent') query.states = ['planned', 'intended'];
    if (await isAnyDue(work, query)) return false;
  }
  return true;
}
