import type { Clock } from '../host/host.ts';
import type { Brief, DueStep, Group, Ledger } from '../ledger/ledger.ts';
import type { Provider } from '../providers/provider.ts';
import { canonicalJson } from '../requests/canonical.ts';
import type { Moment } from '../requests/polling.ts';
import type { Receipt } from '../requests/receipt.ts';
import type { Call, ProviderName, Step, Subject } from '../requests/request.ts';
import type { Submission, Unreachable } from '../requests/transitions/answers.ts';
import { type Change, changeSteps } from '../requests/transitions/change.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { RunningTasks } from './in-flight.ts';
import type { Receipts } from './jobs/seal.ts';
import type { Reservations } from './reservations.ts';

/** What a run is handed: the room's only way to the world. */
export interface WorkerDeps {
  ledger: Ledger;
  providers: ReadonlyMap<ProviderName, Provider>;
  clock: Clock;
  random(): number;
  newId(): string;
  /** The lease token that every write carries. */
  token: string;
  /** First interval between checks, ms; every other pause scales with it. */
  pollInterval: number;
  breaker: CircuitBreaker;
  /** Aborts when no new work may begin and what can be broken off should be. */
  stop: AbortSignal;
  /** Hears each step whose state changed. */
  tell(step: Step, state: Step['state']): void;
  /** Told that calls wait for the provider's rate limit, and how long (ms). */
  waits(provider: ProviderName, ms: number): void;
  /** Hears which requests have ended, once their bundles are sealed; more than once of the same. */
  ended(requests: readonly Brief[]): Promise<void>;
  receipts: Receipts;
  /** A receipt as people read it; its wording is no business of this room. */
  receiptText(receipt: Receipt): string;
  /** Why the profile protects somebody from deletion, in words; null: it does not. */
  protection(subject: Subject): string | null;
  /** The most tasks that run at a provider at once because of this run. */
  outstanding: number;
}

/** The same with what a run remembers while it lasts. */
export interface WorkerContext extends WorkerDeps {
  reservations: Reservations;
  /** Seals those of the requests that have ended, and answers with all that have. */
  seal(requestIds: readonly string[]): Promise<readonly Brief[]>;
  runningTasks: RunningTasks;
  /** Hears each step as it stands once it is recorded. */
  changed(step: Step): void;
}

/** What work is begun with: whom to ask, and what was known of it then. */
export interface Attempt {
  provider: Provider;
  /** Which resolution of the credentials it is sent with. */
  epoch: number;
  /** How many misses of the provider were known when it was begun. */
  round: number;
  /** When it was begun, ms. */
  begunAt: number;
}

/** Steps of one operation that go on together: in one call, or in one look. */
export interface Batch extends Attempt {
  members: readonly DueStep[];
  /** The call that all of them have; null: they have none, or not the same. */
  call: Call | null;
}

/** The steps of a batch, in their order. */
export function stepsIn({ members }: Batch): readonly Step[] {
  return members.map(({ step }) => step);
}

/** The call that all of them have; null: they have none, or not the same. */
export function callOf(members: readonly DueStep[]): Call | null {
  const [first, ...others] = members;
  const call = first?.call ?? null;
  return others.every((each) => each.call?.id === call?.id) ? call : null;
}

/** Which steps a step may share a call with. */
export function groupOf({ operation, options, batch }: Step): Group {
  return { operation, options, batch };
}

/** The same text for the same group. */
export function groupKey({ operation, options, batch }: Group): string {
  return canonicalJson([operation, options, batch]);
}

/** The present instant with what the pauses need. */
export function moment(work: Pick<WorkerDeps, 'clock' | 'random' | 'pollInterval'>): Moment {
  return { at: work.clock.now(), random: work.random(), pollInterval: work.pollInterval };
}

/** Puts on disk what became of steps, and tells whoever listens. */
export async function recordChange(
  work: WorkerContext,
  steps: readonly Step[],
  change: Change,
): Promise<void> {
  await work.ledger.record(work.token, change);
  const known = new Map(steps.map((step) => [step.id, step]));
  const ended = new Set<string>();
  for (const { id, patch } of change.steps ?? []) {
    const step = known.get(id);
    if (step === undefined) continue;
    const now = { ...step, ...patch };
    if (patch.state !== undefined) work.tell(now, patch.state);
    work.changed(now);
    if (typeof patch.finishedAt === 'number') ended.add(step.requestId);
  }
  if (ended.size > 0) await work.ended(await work.seal([...ended]));
}

/** Whether a call may leave: the secret is there. If not, that is taken note of. Its turn it has had. */
export async function isUnlocked(
  work: WorkerContext,
  { provider, epoch }: Attempt,
): Promise<boolean> {
  const locked = await provider.unlock();
  if (locked === null) return true;
  if (work.breaker.denied(provider.name, epoch, locked)) provider.renewCredentials();
  return false;
}

/** Takes note of what an answer says about the provider; the instant (ms) at which to try again. */
export function learn(
  work: WorkerContext,
  { provider, epoch, round }: Attempt,
  answer: Submission,
): number {
  const { breaker } = work;
  const now = work.clock.now();
  switch (answer.kind) {
    case 'accepted':
    case 'done':
    case 'absent':
    case 'refused':
      breaker.well(provider.name);
      return now;
    case 'credentials':
      if (breaker.denied(provider.name, epoch, answer.error)) provider.renewCredentials();
      return now;
    case 'limited':
      return breaker.refused(provider.name, answer.error, answer.retryAt);
    case 'unsent':
      return work.stop.aborted ? now : breaker.missed(provider.name, round, answer.error);
    case 'unavailable':
    case 'lost':
      return breaker.missed(provider.name, round, answer.error);
  }
}

/**
 * Takes note of a read that could not be made; the steps wait and stay as they are. A read that was
 * broken off because the run ends says nothing about the provider.
 */
export async function unreachable(
  work: WorkerContext,
  { provider, epoch, begunAt }: Attempt,
  steps: readonly Step[],
  answer: Unreachable,
): Promise<void> {
  if (work.stop.aborted) return;
  const [first] = steps;
  if (answer.kind !== 'credentials' && first !== undefined) {
    const nextAt = work.breaker.unreachable(provider.name, answer, begunAt, first.requestId);
    return recordChange(
      work,
      steps,
      changeSteps(work.clock.now(), steps, () => ({ nextAt })),
    );
  }
  if (work.breaker.denied(provider.name, epoch, answer.error)) provider.renewCredentials();
}
