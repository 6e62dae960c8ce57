import type { DueQuery, Holder } from '../ledger/ledger.ts';
import type { Provider } from '../providers/provider.ts';
import { createBell } from './bell.ts';
import { createClaims } from './claims.ts';
import { createCrew } from './crew.ts';
import { KINDS, isSending } from './kinds.ts';
import { forget, linesOf } from './line.ts';
import { createOutstanding } from './outstanding.ts';
import { createStopwatch } from './stopwatch.ts';
import { createSweeps } from './sweeps.ts';
import { lookAround } from './tide.ts';
import { type Source, createWindow } from './window.ts';
import type { Shift, Work } from './work.ts';

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
 * nobody holds, a window of them at a time, and submits, checks and collects beside each other. What
 * is under way at the end is finished (a submission) or broken off (everything else); all of it can
 * be carried on by another run. Answers with how long (ms) calls that were ready waited for nothing
 * but rate limits. Throws GdprError `storage` when the ledger or a bundle cannot be written.
 */
export async function run(
  source: Source,
  until: Until,
  holder: Holder,
  given: Work,
): Promise<{ limited: number }> {
  const { clock, ledger, pollInterval } = given;
  const failures: unknown[] = [];
  const failed = new AbortController();
  const stop = AbortSignal.any([given.stop, failed.signal]);
  const bell = createBell(clock, stop);
  const lines = [...given.providers.values()].flatMap(linesOf);
  const running = createOutstanding();
  const fail = (thrown: unknown): void => {
    failures.push(thrown);
    failed.abort();
  };
  const crew = createCrew(lines, {
    holder,
    work: given,
    ring: bell.ring,
    fail,
    lost: (steps) => steps.forEach((step) => running.forget(step)),
  });
  const window = createWindow(source, holder, ledger, {
    outstanding: given.outstanding,
    interval: pollInterval,
  });
  const work: Shift = {
    ...given,
    stop,
    claims: createClaims(),
    running,
    changed(step) {
      crew.changed(step);
      running.note(step);
      if (step.finishedAt !== null) window.ended();
    },
  };
  const sweeps = createSweeps(pollInterval);
  const mode = { onlySending: until === 'sent', isHasty: until !== 'ended' };
  const limits = createStopwatch();
  let renewAt = clock.now() + RENEW;

  /** Prolongs what is held, and takes more where there is room; true: some were taken. */
  const hold = async (now: number): Promise<boolean> => {
    const renews = now >= renewAt;
    if (renews) {
      await ledger.renew(holder, now);
      renewAt = now + RENEW;
    }
    const isFuller = await window.fill(now, crew.isResting);
    if (isFuller || renews) for (const line of lines) line.askAt = 0;
    return isFuller;
  };
  /** Of those that are held nothing is left to do. False: and there are no others. */
  const goOn = async (): Promise<boolean> => {
    const hasOthers = window.hasMore
      ? askable(work).length > 0
      : until === 'ended' && window.triesAt !== null;
    if (!hasOthers) return false;
    // Others wait for their turn, or for us as we for them.
    await window.release();
    running.clear();
    lines.forEach(forget);
    return true;
  };
  /** One look at the ledger; false: there is nothing left to do. */
  const look = async (): Promise<boolean> => {
    bell.hang();
    crew.look();
    // One instant for the whole look: what falls due meanwhile must not be missed by both questions.
    const now = clock.now();
    limits.stop(now);
    const isFuller = await hold(now);
    const { hasMore } = window;
    const tide = await lookAround({ lines, crew, sweeps, work, now, ...mode, hasMore });
    if (tide.isLimited) limits.start(now);
    const isResting = crew.isResting && !bell.hasRung() && !tide.isPending;
    const isOver = isResting && (until === 'idle' || (await isDone(until, now, work)));
    if (isOver && !(await goOn())) return false;
    const takesMore = hasMore && (isFuller || isOver);
    const wakeAt = Math.min(renewAt, tide.wakeAt, window.triesAt ?? Infinity);
    await bell.sleep(takesMore ? 0 : wakeAt - clock.now());
    return true;
  };

  try {
    while (!stop.aborted && (await look()));
  } catch (thrown) {
    fail(thrown);
  }
  await crew.over();
  if (failures.length > 0) throw failures[0];
  return { limited: limits.total };
}

/** The providers that can be asked: configured, and not stopped in this run. */
function askable(work: Work): Provider[] {
  return [...work.providers.values()].filter(({ name }) => work.health.stoppage(name) === null);
}

/** What can still be worked on in this run: each kind of work of the providers that can be asked. */
function served(until: Until, work: Work, now: number): DueQuery[] {
  return askable(work).flatMap(({ name, account }) =>
    Object.values(KINDS)
      .filter((kind) => kind !== KINDS.sweep)
      .filter((kind) => kind !== KINDS.collect || work.health.filesStoppage(name) === null)
      .filter((kind) => until !== 'sent' || isSending(kind))
      .map(({ states, operations }) => ({
        at: now,
        limit: 1,
        accounts: [account],
        states: until === 'sent' ? (['planned', 'intended'] as const) : states,
        operations,
      })),
  );
}

/** Nothing is under way, and nothing can be begun: is there nothing to wait for either? */
async function isDone(until: Until, now: number, work: Work): Promise<boolean> {
  for (const query of served(until, work, now)) {
    if ((await work.ledger.due(work.token, query)).length > 0) return false;
    if ((await work.ledger.nextDueAt(work.token, query)) !== null) return false;
  }
  return true;
}
