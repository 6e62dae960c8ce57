import { GdprError } from '../errors.ts';
import { type Holder, LeaseLost } from '../ledger/ledger.ts';
import type { ProviderName, Step } from '../requests/request.ts';
import type { WorkerDeps } from './context.ts';
import { type Queue, announce } from './queues.ts';
import type { Ready } from './ready.ts';

interface InFlightDeps {
  holder: Holder;
  work: Pick<WorkerDeps, 'ledger' | 'clock'>;
  /** Hears of work that is over. */
  wake(): void;
  /** Hears what ends the run. */
  fail(thrown: unknown): void;
  /** Hears of steps that another process has taken over. */
  lost(steps: readonly Step[]): void;
}

/** Nothing is under way yet. What becomes of work is told to `deps`, and to the queues it came from. */
export function trackInFlight(queues: readonly Queue[], deps: InFlightDeps) {
  const { clock } = deps.work;
  /** What has become of steps, by those that are worked on; those of one call share one entry. */
  const underWay = new Map<string, Map<string, Step>>();
  const tasks = new Set<Promise<void>>();
  let ended = new Set<string>();

  const work = async ({ members, go }: Ready): Promise<void> => {
    try {
      await go();
    } catch (thrown) {
      const steps = members.map(({ step }) => step);
      if (await isLeaseLost(thrown, steps, deps)) deps.lost(steps);
      else deps.fail(thrown);
    }
  };

  const finish = ({ queue, members }: Ready, news: ReadonlyMap<string, Step>): void => {
    queue.under -= 1;
    queue.busy -= members.length;
    const now = clock.now();
    for (const { step } of members) {
      underWay.delete(step.id);
      ended.add(step.id);
      // What is as it was is still due.
      announce(queues, news.get(step.id) ?? step, now);
    }
    deps.wake();
  };

  return {
    start(ready: Ready): void {
      const { queue, members } = ready;
      queue.under += 1;
      queue.busy += members.length;
      const news = new Map<string, Step>();
      for (const { step } of members) underWay.set(step.id, news);
      const task = work(ready).finally(() => {
        tasks.delete(task);
        finish(ready, news);
      });
      tasks.add(task);
    },
    /** A new look at the ledger begins. */
    look(): void {
      if (ended.size > 0) ended = new Set();
    },
    /** A step stands like this now, on disk; the queues hear of it when its work is over. */
    changed(step: Step): void {
      underWay.get(step.id)?.set(step.id, step);
    },
    /**
     * Whether a step that was just read is not worked on. One that was until a moment ago may have
     * been read as it was then: its queue reads again.
     */
    isFree(queue: Queue, stepId: string): boolean {
      if (ended.has(stepId)) queue.askAt = 0;
      return !underWay.has(stepId) && !ended.has(stepId);
    },
    /** How many calls that start work are under way at a provider. */
    sending: (provider: ProviderName): number =>
      queues
        .filter((queue) => queue.provider.name === provider && queue.kind === 'send')
        .reduce((sum, { under }) => sum + under, 0),
    get isIdle(): boolean {
      return tasks.size === 0;
    },
    /** Resolves when all of it is over. */
    async over(): Promise<void> {
      await Promise.all(tasks);
    },
  };
}

/** What is worked on at this moment. */
export type InFlight = ReturnType<typeof trackInFlight>;

/** Whether it failed because another process has taken a request over, and its files with it. */
async function isLeaseLost(
  thrown: unknown,
  steps: readonly Step[],
  { work, holder }: InFlightDeps,
): Promise<boolean> {
  const isAboutLease = thrown instanceof LeaseLost;
  if (!isAboutLease && !(thrown instanceof GdprError && thrown.fault === 'storage')) return false;
  const ids = [...new Set(steps.map(({ requestId }) => requestId))];
  try {
    const ours = await work.ledger.take(ids, holder, work.clock.now());
    return ours.length < ids.length;
  } catch {
    // The ledger cannot tell (its disk may be full): what failed stands as it is.
    return false;
  }
}

/**
 * The calls whose tasks run at the providers, as far as this run has seen them: counting them in
 * the ledger for every call that is to leave would cost more than the call. At first there are none.
 */
export function createRunningTasks() {
  const calls: Record<ProviderName, Set<string>> = { stream: new Set(), sendbird: new Set() };
  return {
    /** How a step stands now. */
    note({ provider, callId, state }: Pick<Step, 'provider' | 'callId' | 'state'>): void {
      if (callId === null) return;
      if (state === 'accepted') calls[provider].add(callId);
      else calls[provider].delete(callId);
    },
    /** What has become somebody else's does not count. */
    forget({ provider, callId }: Pick<Step, 'provider' | 'callId'>): void {
      if (callId !== null) calls[provider].delete(callId);
    },
    /** How many tasks run at a provider. */
    at: (provider: ProviderName): number => calls[provider].size,
    clear(): void {
      calls.stream.clear();
      calls.sendbird.clear();
    },
  };
}
export type RunningTasks = ReturnType<typeof createRunningTasks>;
