import type { DueStep } from '../ledger/ledger.ts';
import type { Provider } from '../providers/provider.ts';
import { MOST_TOGETHER } from '../requests/calls.ts';
import type { Operation, StepState, Step } from '../requests/request.ts';
import { KINDS, type Kind, OPERATIONS_AT } from './kinds.ts';

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
export interface Line {
  readonly provider: Provider;
  readonly kind: Kind;
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

/** The lines of a provider, in the order of `KINDS`. */
export function linesOf(provider: Provider): readonly Line[] {
  const operations = OPERATIONS_AT[provider.name];
  return Object.values(KINDS).flatMap((kind) => {
    if (kind === KINDS.sweep)
      return provider.checksMany ? [lineOf(provider, kind, operations)] : [];
    return operations
      .filter((operation) => kind.operations.includes(operation))
      .map((operation) => lineOf(provider, kind, [operation]))
      .filter(({ states }) => states.length > 0);
  });
}

function lineOf(provider: Provider, kind: Kind, operations: readonly Operation[]): Line {
  const isSwept = provider.checksMany && kind !== KINDS.sweep;
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

function sizeOf(kind: Kind, [operation]: readonly Operation[]): number {
  if (kind === KINDS.look) return MOST_LOOKED;
  return kind === KINDS.send && operation !== undefined ? (MOST_TOGETHER[operation] ?? 1) : 1;
}

/** Whose turn may come when a step of this operation has moved on (requests/order.ts). */
const FREES: Readonly<Partial<Record<Operation, readonly Operation[]>>> = {
  export_feeds: ['delete_feeds', 'delete_users', 'delete'],
  export_users: ['delete_feeds', 'delete_users', 'delete'],
  access: ['delete_feeds', 'delete_users', 'delete'],
  delete_feeds: ['delete_users'],
};

/** A step stands like this now: the lines that it concerns ask the ledger in time. */
export function announce(lines: readonly Line[], step: Step, now: number): void {
  for (const line of lines) {
    if (isOf(line, step)) arrive(line, step, now);
    else if (isFreed(line, step)) arrive(line, { nextAt: null, batch: null }, now);
    else if (line.size > 1 && line.operations.includes(step.operation)) line.stirred = true;
  }
}

function arrive(line: Line, { nextAt, batch }: Pick<Step, 'nextAt' | 'batch'>, now: number): void {
  const at = nextAt ?? 0;
  const gathers = line.size > 1 && at <= now && (line.kind === KINDS.look || batch === null);
  if (gathers) {
    line.arrived += 1;
    line.lastAt = now;
    line.stirred = true;
  } else {
    line.askAt = Math.min(line.askAt, at);
  }
}

function isOf({ provider, operations, states }: Line, step: Step): boolean {
  return (
    provider.account === step.account &&
    operations.includes(step.operation) &&
    states.includes(step.state) &&
    step.finishedAt === null &&
    !step.blocked
  );
}

function isFreed({ kind, operations }: Line, step: Step): boolean {
  const [operation] = operations;
  if (kind !== KINDS.send || operation === undefined) return false;
  const hasMoved = step.finishedAt !== null || step.state === 'reported';
  return hasMoved && (FREES[step.operation] ?? []).includes(operation);
}

/** All that is known is forgotten, and asked for anew. */
export function forget(line: Line): void {
  line.stock = [];
  line.askAt = 0;
  line.left = 0;
  line.waiting.clear();
}
