import type { DueStep } from '../ledger/ledger.ts';
import type { Provider } from '../providers/provider.ts';
import { CONFIRMED_OPERATIONS, EXPORTS } from '../requests/operations.ts';
import { MOST_TOGETHER } from '../requests/plan/calls.ts';
import type { Operation, ProviderName, Step, StepState } from '../requests/request.ts';

/** The most steps that one look at the provider is about. */
const MOST_LOOKED = 100;

/** Since when a group could go, and how long it waits for more at most (ms). */
interface Waiting {
  since: number;
  until: number;
  size: number;
  first: DueStep;
}

/**
 * All steps of one operation (a sweep: of all) that wait for one kind of work at a provider, as far
 * as a run knows. The ledger is asked when something may have fallen due, and in pages: not each
 * time that something ends.
 */
export interface Queue {
  readonly provider: Provider;
  readonly kind: JobType;
  readonly operations: readonly Operation[];
  readonly states: readonly StepState[];
  /** How many share a call or a look; 1: each goes by itself. */
  readonly size: number;
  /** Read, due, and not begun. */
  stock: DueStep[];
  /** When the ledger is to be asked again, ms; 0: at once, Infinity: for nothing that is known. */
  askAt: number;
  /** How many calls, looks or downloads are under way, and with how many steps. */
  under: number;
  busy: number;
  /** Of those that go together: read and left waiting, and come since, the last at `lastAt` (ms). */
  left: number;
  arrived: number;
  lastAt: number;
  /** Something has happened to those for whom they wait. */
  stirred: boolean;
  readonly waiting: Map<string, Waiting>;
}

/** The queues of a provider, in the order of `JOB_TYPES`. */
export function queuesOf(provider: Provider): readonly Queue[] {
  const operations = OPERATIONS_AT[provider.name];
  return Object.values(JOB_TYPES).flatMap((kind) => {
    if (kind === JOB_TYPES.sweep)
      return provider.checksMany ? [queueOf(provider, kind, operations)] : [];
    return operations
      .filter((operation) => kind.operations.includes(operation))
      .map((operation) => queueOf(provider, kind, [operation]))
      .filter(({ states }) => states.length > 0);
  });
}

function queueOf(provider: Provider, kind: JobType, operations: readonly Operation[]): Queue {
  const isSwept = provider.checksMany && kind !== JOB_TYPES.sweep;
  return {
    provider,
    kind,
    operations,
    states: kind.states.filter((state) => !(isSwept && state === 'accepted')),
    size: sizeOf(kind, operations),
    stock: [],
    askAt: 0,
    under: 0,
    busy: 0,
    left: 0,
    arrived: 0,
    lastAt: 0,
    stirred: false,
    waiting: new Map(),
  };
}

function sizeOf(kind: JobType, [operation]: readonly Operation[]): number {
  if (kind === JOB_TYPES.look) return MOST_LOOKED;
  return kind === JOB_TYPES.send && operation !== undefined ? (MOST_TOGETHER[operation] ?? 1) : 1;
}

/** Whose turn may come when a step of this operation has moved on (requests/order.ts). */
const FREES: Readonly<Partial<Record<Operation, readonly Operation[]>>> = {
  export_feeds: ['delete_feeds', 'delete_users', 'delete'],
  export_users: ['delete_feeds', 'delete_users', 'delete'],
  access: ['delete_feeds', 'delete_users', 'delete'],
  delete_feeds: ['delete_users'],
};

/** A step stands like this now: the queues that it concerns ask the ledger in time. */
export function announce(queues: readonly Queue[], step: Step, now: number): void {
  for (const queue of queues) {
    if (isOf(queue, step)) arrive(queue, step, now);
    else if (isFreed(queue, step)) arrive(queue, { nextAt: null, batch: null }, now);
    else if (queue.size > 1 && queue.operations.includes(step.operation)) queue.stirred = true;
  }
}

function arrive(
  queue: Queue,
  { nextAt, batch }: Pick<Step, 'nextAt' | 'batch'>,
  now: number,
): void {
  const at = nextAt ?? 0;
  const gathers = queue.size > 1 && at <= now && (queue.kind === JOB_TYPES.look || batch === null);
  if (gathers) {
    queue.arrived += 1;
    queue.lastAt = now;
    queue.stirred = true;
  } else {
    queue.askAt = Math.min(queue.askAt, at);
  }
}

function isOf({ provider, operations, states }: Queue, step: Step): boolean {
  return (
    provider.account === step.account &&
    operations.includes(step.operation) &&
    states.includes(step.state) &&
    step.finishedAt === null &&
    !step.blocked
  );
}

function isFreed({ kind, operations }: Queue, step: Step): boolean {
  const [operation] = operations;
  if (kind !== JOB_TYPES.send || operation === undefined) return false;
  const hasMoved = step.finishedAt !== null || step.state === 'reported';
  return hasMoved && (FREES[step.operation] ?? []).includes(operation);
}

/** All that is known is forgotten, and asked for anew. */
export function forget(queue: Queue): void {
  queue.stock = [];
  queue.askAt = 0;
  queue.left = 0;
  queue.waiting.clear();
}

/** What kind of work a step waits for. */
export interface JobType {
  states: readonly StepState[];
  operations: readonly Operation[];
  /**
   * How many calls, looks or downloads of this kind are under way at once: for each operation, and
   * downloads for each provider. 32 answers of 150 ms are more than 200 calls a second.
   */
  atOnce: number;
}

/** Everything that goes by batches: what deletes, and what brings back. */
const TOGETHER = CONFIRMED_OPERATIONS;
const ALL = [...EXPORTS, ...TOGETHER];

const recover: JobType = { states: ['intended', 'in_doubt'], operations: ALL, atOnce: 8 };
const check: JobType = { states: ['accepted', 'no_data'], operations: EXPORTS, atOnce: 32 };
const collect: JobType = { states: ['reported'], operations: EXPORTS, atOnce: 8 };
const follow: JobType = { states: ['accepted'], operations: TOGETHER, atOnce: 32 };
const sweep: JobType = { states: ['accepted'], operations: ALL, atOnce: 1 };
const submit: JobType = { states: ['planned'], operations: EXPORTS, atOnce: 32 };
const look: JobType = { states: ['reported', 'no_data'], operations: TOGETHER, atOnce: 3 };
const send: JobType = { states: ['planned'], operations: TOGETHER, atOnce: 32 };

/** In the order in which they are looked for: what is known of running tasks comes before new ones. */
export const JOB_TYPES = { recover, check, collect, follow, sweep, submit, look, send } as const;

/** What each provider is asked for. */
const OPERATIONS_AT: Readonly<Record<ProviderName, readonly Operation[]>> = {
  stream: ['export_feeds', 'export_users', 'delete_feeds', 'delete_users', 'restore_users'],
  sendbird: ['access', 'delete'],
};

/** Whether it starts work at the provider. */
export function isSending(kind: JobType): boolean {
  return kind === JOB_TYPES.submit || kind === JOB_TYPES.send;
}

/** What `--no-wait` still works on: what is not sent, or may not have been. */
export function isToSend(kind: JobType): boolean {
  return isSending(kind) || kind === JOB_TYPES.recover;
}
