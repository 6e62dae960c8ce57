import type { FoundTask } from '../requests/outcome.ts';
import type { Shift } from './work.ts';

/**
 * Hands on those of the tasks that no call has, nor is about to be recorded with; the oldest, which
 * will be adopted, is claimed for `owner` meanwhile.
 */
export async function adopting(
  work: Shift,
  { account, tasks, owner }: { account: string; tasks: readonly FoundTask[]; owner: string },
  record: (unknown: readonly FoundTask[]) => Promise<void>,
): Promise<void> {
  const { claims, ledger } = work;
  const isFree = ({ taskId }: FoundTask): boolean => !claims.isTaken(account, taskId);
  // Before and after: what is recorded while the ledger is read is in neither, were it asked once.
  const free = tasks.filter(isFree);
  const known = await ledger.knownTasks(
    account,
    free.map(({ taskId }) => taskId),
  );
  const unknown = free.filter((task) => !known.has(task.taskId) && isFree(task));
  const [oldest] = unknown;
  if (oldest === undefined) return record(unknown);
  claims.take(account, oldest.taskId, owner);
  try {
    await record(unknown);
  } finally {
    claims.release(account, oldest.taskId, owner);
  }
}
