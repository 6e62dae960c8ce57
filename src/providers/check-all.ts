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
