import type { Provider } from '../providers/provider.ts';
import { waitsUntil } from './batcher.ts';
import type { Attempt, WorkerContext } from './context.ts';
import type { InFlight } from './in-flight.ts';
import type { PollSchedule } from './poll-schedule.ts';
import type { Queue } from './queues.ts';
import { readyGroups, readyOf, readyList } from './ready.ts';

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

/**
 * Begins what can be begun now. Each kind of work of each operation is looked for by itself, so that
 * a long queue for one keeps nobody else waiting; what goes together comes last, when it is known
 * whether anybody else will come.
 */
export async function dispatchAll(dispatch: DispatchState): Promise<DispatchResult> {
  const { queues, inFlight, work, now, hasMore } = dispatch;
  const result: DispatchResult = { wakeAt: Infinity, isLimited: false, isPending: false };
  const isLast = (): boolean => dispatch.isHasty && inFlight.isIdle && !result.isPending;
  const ticks = new Map<Provider, Tick>();
  const tickAt = (provider: Provider): Tick => {
    const known = ticks.get(provider);
    if (known !== undefined) return known;
    const attempt = attemptAt(provider, work, now);
    const tick = { now, attempt, isFree: inFlight.isFree, isLast, hasMore };
    ticks.set(provider, tick);
    return tick;
  };
  for (const isGathered of [false, true]) {
    for (const queue of queues) {
      if (queue.size > 1 !== isGathered || !isServed(queue, dispatch)) continue;
      await begin(queue, tickAt(queue.provider), dispatch, result);
    }
  }
  return result;
}

function attemptAt(provider: Provider, { breaker }: WorkerContext, now: number): Attempt {
  const { name } = provider;
  return { provider, epoch: breaker.epoch(name), round: breaker.round(name), begunAt: now };
}

/** Whether a queue is worked on in this run, and as things are. */
function isServed({ provider, kind }: Queue, dispatch: DispatchState): boolean {
  const { breaker } = dispatch.work;
  if (breaker.stoppage(provider.name) !== null) return false;
  if (kind === 'collect' && breaker.filesStoppage(provider.name) !== null) return false;
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

async function begin(
  queue: Queue,
  tick: Tick,
  dispatch: DispatchState,
  result: DispatchResult,
): Promise<void> {
  const { work, inFlight, now } = dispatch;
  let room = roomIn(queue, dispatch);
  if (room <= 0) return;
  if (queue.isList) {
    for (const ready of await readyList(queue, tick, work, dispatch.schedule))
      inFlight.start(ready);
    if (queue.under === 0) wake(result, Math.max(queue.askAt, dispatch.schedule.nextAt), now);
    return;
  }
  const gate = gateOf(queue, dispatch);
  if (gate.pausedUntil > now) {
    result.wakeAt = Math.min(result.wakeAt, gate.pausedUntil);
    return;
  }
  const admit = (): boolean => {
    if (room <= 0 || !gate.pass()) return false;
    room -= 1;
    return true;
  };
  const gathers = queue.size > 1;
  if (!(gathers && gate.isShut())) {
    const find = gathers ? readyGroups : readyOf;
    for (const ready of await find(queue, tick, work, admit)) inFlight.start(ready);
  }
  if (gate.shutUntil !== null) shut(queue, gate.shutUntil, dispatch, result);
  // Without room, what is under way wakes the run when it ends.
  else if (room > 0) wake(result, Math.min(queue.askAt, waitsUntil(queue)), now);
}

function wake(result: DispatchResult, at: number, now: number): void {
  result.wakeAt = Math.min(result.wakeAt, at);
  result.isPending ||= at <= now;
}

/** The provider's limit lets nothing go until then: whoever would go waits for nothing else. */
function shut(
  queue: Queue,
  until: number,
  { work, now }: DispatchState,
  result: DispatchResult,
): void {
  const waits = queue.size > 1 ? queue.left + queue.arrived > 0 : queue.stock.length > 0;
  const asks = Math.min(queue.askAt, waitsUntil(queue));
  result.wakeAt = Math.min(result.wakeAt, waits || asks <= now ? until : Math.max(asks, until));
  if (!waits) return;
  result.isPending ||= until <= now + SOON;
  result.isLimited = true;
  work.waits(queue.provider.name, until - now);
}

/** What stands between a queue and the provider. */
interface Gate {
  pausedUntil: number;
  /** When the provider's limit lets the next call go (ms); null: as far as was asked, now. */
  shutUntil: number | null;
  isShut(): boolean;
  /** Lets one call through, and counts it. */
  pass(): boolean;
}

function gateOf({ kind, provider, operations: [operation] }: Queue, { work }: DispatchState): Gate {
  const isOpen = kind !== 'send' || operation === undefined;
  const gate: Gate = {
    pausedUntil: isOpen ? 0 : work.breaker.pausedUntil(provider.name),
    shutUntil: null,
    isShut() {
      gate.shutUntil = isOpen ? null : provider.turnAt(operation);
      return gate.shutUntil !== null;
    },
    pass() {
      gate.shutUntil = isOpen ? null : provider.admit(operation);
      return gate.shutUntil === null;
    },
  };
  return gate;
}

/** What a look at the ledger is made with. */
export interface Tick {
  now: number;
  attempt: Attempt;
  /** Whether a step that was just read is not worked on; if it was until now, it is read again. */
  isFree: (queue: Queue, stepId: string) => boolean;
  /** Nothing else is under way and nobody waits for more: what is there goes as it is. */
  isLast: () => boolean;
  /** Requests that have never been held may still come. */
  hasMore: boolean;
}
