import type { DueQuery, DueStep } from '../ledger/ledger.ts';
import type { Provider } from '../providers/provider.ts';
import { OPERATIONS, isExport, operationsOf } from '../requests/operations.ts';
import type { Operation, Step, StepState } from '../requests/request.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { WorkerDeps } from './context.ts';

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
 * All steps of one operation (a list of tasks: of all) that wait for one kind of work at a provider, as far
 * as a run knows. The ledger is asked when something may have fallen due, and in pages: not each
 * time that something ends.
 */
export interface Queue {
  readonly provider: Provider;
  readonly kind: Job;
  readonly operations: readonly Operation[];
  readonly states: readonly StepState[];
  /** How many share a call or a look; 1: each goes by itself. */
  readonly size: number;
  /** How many of its calls, looks or downloads may be under way. */
  readonly atOnce: number;
  /** All running tasks are asked about together. */
  readonly isList: boolean;
  /** The operation whose calls it sends; null: it sends none. */
  readonly sends: Operation | null;
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

/** The queues of a provider, in the order of `JOBS`. */
export function queuesOf(provider: Provider): readonly Queue[] {
  const operations = operationsOf({ provider: provider.name });
  return JOBS.flatMap((kind) => {
    if (kind === 'check' && provider.checksMany) return [queueOf(provider, kind, operations, true)];
    return operations
      .map((operation) => queueOf(provider, kind, [operation]))
      .filter(({ states }) => states.length > 0);
  });
}

function queueOf(
  provider: Provider,
  kind: Job,
  operations: readonly Operation[],
  isList = false,
): Queue {
  const exported = operations.every(isExport);
  const { states, exportStates, atOnce } = JOB_TYPES[kind];
  return {
    provider,
    kind,
    operations,
    states: exported ? exportStates : states,
    size: sizeOf(kind, operations),
    atOnce: isList ? 1 : atOnce,
    isList,
    sends: kind === 'send' ? (operations[0] ?? null) : null,
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

function sizeOf(kind: Job, [operation]: readonly Operation[]): number {
  if (operation === undefined) return 1;
  if (kind === 'send') return OPERATIONS[operation].together;
  return kind === 'verify' && !isExport(operation) ? MOST_LOOKED : 1;
}

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
  const gathers = queue.size > 1 && at <= now && (queue.kind === 'verify' || batch === null);
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

function isFreed({ sends }: Queue, step: Step): boolean {
  const hasMoved = step.finishedAt !== null || step.state === 'reported';
  return hasMoved && sends !== null && OPERATIONS[sends].after.includes(step.operation);
}

/** Whether its provider, and the server of its files, can be asked in this run. */
export function isAskable({ provider, kind }: Queue, breaker: CircuitBreaker): boolean {
  if (breaker.stoppage(provider.name) !== null) return false;
  return kind !== 'collect' || breaker.filesStoppage(provider.name) === null;
}

/** What the ledger is asked for the steps of a queue. */
export function queryOf({ provider, states, operations }: Queue, at: number, limit = 1): DueQuery {
  return { at, limit, accounts: [provider.account], states, operations };
}

/** Whether one of these steps is due, or will be by itself. */
export async function isAnyDue({ ledger, token }: WorkerDeps, query: DueQuery): Promise<boolean> {
  if ((await ledger.due(token, query)).length > 0) return true;
  return (await ledger.nextDueAt(token, query)) !== null;
}

/** All that is known is forgotten, and asked for anew. */
export function forgetQueue(queue: Queue): void {
  queue.stock = [];
  queue.askAt = 0;
  queue.left = 0;
  queue.waiting.clear();
}

/** In the order in which they are looked for: what is known of running tasks comes before new ones. */
const JOBS = ['reconcile', 'check', 'collect', 'verify', 'send'] as const;

/** What a step waits for: one exchange with its provider. */
export type Job = (typeof JOBS)[number];

/** Which steps wait for a job, and how many of them run beside each other. */
interface JobType {
  states: readonly StepState[];
  /** The same of an export, which ends with its file and not with a look. */
  exportStates: readonly StepState[];
  /**
   * How many calls, looks or downloads of this kind are under way at once: for each operation, and
   * downloads for each provider. 32 answers of 150 ms are more than 200 calls a second.
   */
  atOnce: number;
}

function both(...states: StepState[]): Pick<JobType, 'states' | 'exportStates'> {
  return { states, exportStates: states };
}

export const JOB_TYPES: Readonly<Record<Job, JobType>> = {
  reconcile: { ...both('intended', 'in_doubt'), atOnce: 8 },
  check: { ...both('accepted'), atOnce: 32 },
  collect: { states: [], exportStates: ['reported'], atOnce: 8 },
  verify: { states: ['reported', 'no_data'], exportStates: ['no_data'], atOnce: 3 },
  send: { ...both('planned'), atOnce: 32 },
};
