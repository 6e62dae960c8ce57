import type { TaskReport } from '../requests/transitions/answers.ts';
import type { RunningCall } from './provider.ts';

/** How many are asked at once. */
const AT_ONCE = 6;

/** Misses in a row after which the rest is not asked: it would miss too, half a minute each. */
const MISSES = 3;

/** What one answer means for the others: the other side is well, was not reached, or is closed. */
export type Health = 'well' | 'missed' | 'closed';

/**
 * One answer for each item, a few at a time. Once the other side is closed, or was missed several
 * times in a row, the items that were not asked about get that same answer.
 */
export async function askAll<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
  judge: (answer: Answer) => Health,
): Promise<ReadonlyMap<Item, Answer>> {
  const answers = new Map<Item, Answer>();
  const waiting = items.values();
  let misses = 0;
  let end: { answer: Answer } | null = null;
  const worker = async (): Promise<void> => {
    for (const item of waiting) {
      const answer = end === null ? await ask(item) : end.answer;
      answers.set(item, answer);
      const health = judge(answer);
      misses = health === 'missed' ? misses + 1 : 0;
      if (health === 'closed' || misses >= MISSES) end ??= { answer };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}

/** One report for each call, keyed by call id; a provider that does not answer is left alone. */
export async function checkAll(
  calls: readonly RunningCall[],
  ask: (call: RunningCall) => Promise<TaskReport>,
): Promise<ReadonlyMap<string, TaskReport>> {
  const reports = await askAll(calls, ask, healthOf);
  return new Map([...reports].map(([call, report]) => [call.id, report]));
}

function healthOf({ kind }: TaskReport): Health {
  if (kind === 'credentials' || kind === 'limited') return 'closed';
  return kind === 'unavailable' ? 'missed' : 'well';
}

/** A link that was told so long ago is asked for anew, ms: it is signed, and may be short-lived. */
const FRESH = 60_000;

/** The most that are remembered. */
const MOST = 1_000;

/** What a check has just said about finished tasks, so that fetching their files need not ask again. */
export type Fresh<View> = ReturnType<typeof createFresh<View>>;

/** Nothing is remembered yet; `clock` in ms since the epoch. */
export function createFresh<View>(clock: { now(): number }) {
  const views = new Map<string, { at: number; view: View }>();
  return {
    keep(taskId: string, view: View): void {
      views.delete(taskId);
      views.set(taskId, { at: clock.now(), view });
      const [oldest] = views.keys();
      if (views.size > MOST && oldest !== undefined) views.delete(oldest);
    },
    /** Once: who comes back has found the link to be of no use. */
    take(taskId: string): View | null {
      const known = views.get(taskId);
      views.delete(taskId);
      const age = known === undefined ? Infinity : clock.now() - known.at;
      return known !== undefined && age >= 0 && age < FRESH ? known.view : null;
    },
  };
}
