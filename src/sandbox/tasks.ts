import type { VendorName } from './operations.ts';
import type { ReceivedCall, World } from './vendor.ts';

/** What a provider works on. Instants are epoch milliseconds. */
export interface VendorTask {
  provider: VendorName;
  id: string;
  operation: string;
  userIds: readonly string[];
  createdAt: number;
  endsAt: number | null;
  settled: boolean;
  faults: readonly string[];
  /** How often it was looked at since it ended. */
  looks: number;
}

/** Each provider draws its own of these. */
const FAILURES = ['task-fails', 'task-fails-bare', 'no-data'];

/** Whether a fault makes a task fail for good. */
export function failsForGood(task: VendorTask): boolean {
  return FAILURES.some((name) => task.faults.includes(name));
}

/** Tasks that end by the clock and nothing else; `drawn`: the faults that one can have. */
export function createTasks<Own extends object>(
  { options, faults }: World,
  provider: VendorName,
  drawn: readonly string[],
  idOf: (sequence: number) => string,
) {
  type Task = VendorTask & Own;
  const all = new Map<string, Task>();
  // One duration for all tasks, so the order of starts is the order of ends.
  const running: { task: Task; endsAt: number; end: (task: Task, at: number) => void }[] = [];
  let sequence = 0;

  return {
    /** By id. */
    all,
    /** Starts the task of a call; `own`: what only this provider's have. `end` takes effect. */
    start(
      { operation, now }: ReceivedCall,
      userIds: readonly string[],
      own: (sequence: number) => Own,
      end: (task: Task, at: number) => void,
    ): Task {
      const subject = { labels: [operation, provider], ids: userIds };
      const hit = drawn.filter((name) => faults.hits(name, subject));
      const endsAt = hit.includes('task-never-ends') ? null : now + options.taskTime;
      const begun = { createdAt: now, endsAt, settled: false, faults: hit, looks: 0 };
      const task = { provider, id: idOf(sequence), operation, userIds, ...begun, ...own(sequence) };
      sequence += 1;
      all.set(task.id, task);
      if (endsAt !== null) running.push({ task, endsAt, end });
      return task;
    },
    /** Ends what is due. */
    settle(now: number) {
      for (let [next] = running; next && next.endsAt <= now; [next] = running) {
        running.shift();
        const { task, endsAt, end } = next;
        if (!all.has(task.id) || task.settled) continue;
        end(task, endsAt);
        task.settled = true;
      }
    },
    /** None for one that was forgotten, by fault. */
    known(id: string): Task | undefined {
      const task = all.get(id);
      return task?.faults.includes('task-forgotten') ? undefined : task;
    },
    /** What part of its time a task has had. */
    share: ({ createdAt }: VendorTask, now: number) =>
      options.taskTime === 0 ? 1 : (now - createdAt) / options.taskTime,
  };
}
