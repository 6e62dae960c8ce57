import type { Provider } from '../providers/provider.ts';
import { waitsUntil } from './batcher.ts';
import type { Attempt, WorkerContext } from './context.ts';
import type { InFlight } from './in-flight.ts';
import type { PollSchedule } from './poll-schedule.ts';
import { type Queue, isAskable } from './queues.ts';
import { readyGroups, readyList, readyOf } from './ready.ts';

/** A turn that comes within so long, ms, is worth waiting for even in a single pass. */
const SOON = 1_000;

/** What a look has left behind. */
export interface DispatchResult {
  /** When the next look can find more, ms; Infinity: not by itself. */
  wakeAt: number;
  /** Calls that are ready wait for nothing but rate limits. */
  isLimited: boolean;
  /** Something more can be begun at once, or within a second. */
  isPending: boolean;
}

/** What a look is made with. */
export interface DispatchState {
  queues: readonly Queue[];
  inFlight: InFlight;
  schedule: PollSchedule;
  work: WorkerContext;
  now: number;
  /** Only what is not sent is worked on. */
  onlySending: boolean;
  /** Groups that could be fuller go when there is nothing else to do. */
  isHasty: boolean;
  hasMore: boolean;
}

/** A queue's turn in a look at the ledger. */
export interface Turn {
  queue: Queue;
  work: WorkerContext;
  now: number;
  attempt: Attempt;
  /** Requests that have never been held may still come. */
  hasMore: boolean;
  /** How many more of the queue may be begun. */
  room: number;
  /** When the provider's limit lets the next call go (ms); null: as far as was asked, now. */
  shutUntil: number | null;
  /** Whether a step that was just read is not worked on; if it was until now, it is read again. */
  isFree: (stepId: string) => boolean;
  /** Nothing else is under way and nobody waits for more: what is there goes as it is. */
  isLast: () => boolean;
  /** Lets one more begin, and counts it. */
  admit: () => boolean;
}

/**
 * Begins what can be begun now. Each kind of work of each operation is looked for by itself, so that
 * a long queue for one keeps nobody else waiting; what goes together comes last, when it is known
 * whether anybody else will come.
 */
export async function dispatchAll(dispatch: DispatchState): Promise<DispatchResult> {
  const { queues, work, now } = dispatch;
  const result: DispatchResult = { wakeAt: Infinity, isLimited: false, isPending: false };
  const attempts = new Map<Provider, Attempt>();
  for (const isGathered of [false, true]) {
    for (const queue of queues) {
      if (queue.size > 1 !== isGathered || !isServed(queue, dispatch)) continue;
      const attempt = attempts.get(queue.provider) ?? attemptAt(queue.provider, work, now);
      attempts.set(queue.provider, attempt);
      const turn = turnOf(queue, attempt, dispatch, result);
      if (turn.room > 0) await begin(turn, dispatch, result);
    }
  }
  return result;
}

function attemptAt(provider: Provider, { breaker }: WorkerContext, now: number): Attempt {
  const { name } = provider;
  return { provider, epoch: breaker.epoch(name), round: breaker.round(name), begunAt: now };
}

/** Whether a queue is worked on in this run, and as things are. */
function isServed(queue: Queue, dispatch: DispatchState): boolean {
  const { kind, provider } = queue;
  if (!isAskable(queue, dispatch.work.breaker)) return false;
  // `--no-wait` works on what is not sent, or may not have been.
  if (!dispatch.onlySending || kind === 'send' || kind === 'reconcile') return true;
  // Who only sends looks after running tasks when there are so many that no more may be sent.
  return kind === 'check' && vacancies(provider, dispatch) <= 0;
}

/** How many more tasks may be started at a provider. */
function vacancies({ name }: Provider, { work, inFlight }: DispatchState): number {
  return work.outstanding - work.runningTasks.at(name) - inFlight.sending(name);
}

/** How many more of a kind may be begun. */
function roomIn(queue: Queue, dispatch: DispatchState): number {
  const { kind, provider, atOnce } = queue;
  if (kind === 'collect') {
    const all = dispatch.queues.filter((each) => each.kind === kind && each.provider === provider);
    return atOnce - all.reduce((sum, { under }) => sum + under, 0);
  }
  const room = atOnce - queue.under;
  return kind === 'send' ? Math.min(room, vacancies(provider, dispatch)) : room;
}

function turnOf(
  queue: Queue,
  attempt: Attempt,
  dispatch: DispatchState,
  result: DispatchResult,
): Turn {
  const { work, inFlight, now, hasMore } = dispatch;
  const turn: Turn = {
    queue,
    work,
    now,
    attempt,
    hasMore,
    room: roomIn(queue, dispatch),
    shutUntil: queue.size > 1 && queue.sends !== null ? queue.provider.turnAt(queue.sends) : null,
    isFree: (stepId) => inFlight.isFree(queue, stepId),
    isLast: () => dispatch.isHasty && inFlight.isIdle && !result.isPending,
    admit() {
      if (turn.room <= 0) return false;
      if (queue.sends !== null) turn.shutUntil = queue.provider.admit(queue.sends);
      if (turn.shutUntil === null) turn.room -= 1;
      return turn.shutUntil === null;
    },
  };
  return turn;
}

async function begin(turn: Turn, dispatch: DispatchState, result: DispatchResult): Promise<void> {
  const { queue, now } = turn;
  const { inFlight, schedule, work } = dispatch;
  if (queue.isList) {
    for (const ready of await readyList(turn, schedule)) inFlight.start(ready);
    if (queue.under === 0) wake(result, Math.max(queue.askAt, schedule.nextAt), now);
    return;
  }
  const pausedUntil = queue.sends === null ? 0 : work.breaker.pausedUntil(queue.provider.name);
  if (pausedUntil > now) {
    result.wakeAt = Math.min(result.wakeAt, pausedUntil);
    return;
  }
  if (turn.shutUntil === null) {
    const find = queue.size > 1 ? readyGroups : readyOf;
    for (const ready of await find(turn)) inFlight.start(ready);
  }
  if (turn.shutUntil !== null) shut(turn, turn.shutUntil, result);
  // Without room, what is under way wakes the run when it ends.
  else if (turn.room > 0) wake(result, Math.min(queue.askAt, waitsUntil(queue)), now);
}

function wake(result: DispatchResult, at: number, now: number): void {
  result.wakeAt = Math.min(result.wakeAt, at);
  result.isPending ||= at <= now;
}

/** The provider's limit lets nothing go until then: whoever would go waits for nothing else. */
function shut({ queue, work, now }: Turn, until: number, result: DispatchResult): void {
  const waits = queue.size > 1 ? queue.left + queue.arrived > 0 : queue.stock.length > 0;
  const asks = Math.min(queue.askAt, waitsUntil(queue));
  result.wakeAt = Math.min(result.wakeAt, waits || asks <= now ? until : Math.max(asks, until));
  if (!waits) return;
  result.isPending ||= until <= now + SOON;
  result.isLimited = true;
  work.waits(queue.provider.name, until - now);
}
