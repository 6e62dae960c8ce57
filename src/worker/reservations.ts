import { isExport } from '../requests/operations.ts';
import type { Call } from '../requests/request.ts';
import type { FoundTask } from '../requests/transitions/answers.ts';
import type { WorkerContext } from './context.ts';

/** Runs tasks one after the other, in the order given; one that fails does not keep the next back. */
export function createSerial(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task);
    last = Promise.allSettled([mine]);
    return mine;
  };
}

/**
 * Tasks that calls are about to be recorded with: no other call may be recorded with the same. Nobody
 * has claimed anything yet.
 */
export function createReservations() {
  const owners = new Map<string, { owner: string; times: number }>();
  return {
    /** False: somebody else has it. `owner` may have it several times. */
    take(account: string, taskId: string, owner: string): boolean {
      const key = keyOf(account, taskId);
      const known = owners.get(key) ?? { owner, times: 0 };
      if (known.owner !== owner) return false;
      owners.set(key, { owner, times: known.times + 1 });
      return true;
    },
    /** Once it is recorded, or will not be. */
    release(account: string, taskId: string, owner: string): void {
      const key = keyOf(account, taskId);
      const known = owners.get(key);
      if (known?.owner !== owner) return;
      if (known.times > 1) owners.set(key, { owner, times: known.times - 1 });
      else owners.delete(key);
    },
    isTaken: (account: string, taskId: string): boolean => owners.has(keyOf(account, taskId)),
    /** Taking on tasks, one after the other. */
    inTurn: createSerial(),
  };
}
export type Reservations = ReturnType<typeof createReservations>;

/** Who may have a task: the call alone; the person whose export it is may have it in several. */
export function ownerOf({ id, operation, subjectIds }: Call): string {
  return isExport(operation) ? JSON.stringify([operation, ...subjectIds]) : id;
}

function keyOf(account: string, taskId: string): string {
  return JSON.stringify([account, taskId]);
}

/**
 * Hands on those of the tasks that no call has, nor is about to be recorded with; the oldest, which
 * will be adopted, is claimed for `owner` meanwhile.
 */
export async function adopting(
  work: WorkerContext,
  { account, tasks, owner }: { account: string; tasks: readonly FoundTask[]; owner: string },
  record: (unknown: readonly FoundTask[]) => Promise<void>,
): Promise<void> {
  const { reservations, ledger } = work;
  const isFree = ({ taskId }: FoundTask): boolean => !reservations.isTaken(account, taskId);
  // Before and after: what is recorded while the ledger is read is in neither, were it asked once.
  const free = tasks.filter(isFree);
  const known = await ledger.knownTasks(
    account,
    free.map(({ taskId }) => taskId),
  );
  const unknown = free.filter((task) => !known.has(task.taskId) && isFree(task));
  const [oldest] = unknown;
  if (oldest === undefined) return record(unknown);
  reservations.take(account, oldest.taskId, owner);
  try {
    await record(unknown);
  } finally {
    reservations.release(account, oldest.taskId, owner);
  }
}
