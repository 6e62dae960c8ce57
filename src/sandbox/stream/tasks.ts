import { uuid } from '../random.ts';
import { type VendorTask, createTasks, failsForGood } from '../tasks.ts';
import type { ReceivedCall, VendorAnswer, World } from '../vendor.ts';
import { notFound } from './errors.ts';

const FAULTS = [
  'task-fails',
  'task-fails-bare',
  'task-fails-then-completes',
  'task-unknown-status',
  'task-never-ends',
  'task-forgotten',
  'task-no-url',
];

interface Result {
  result: Record<string, unknown> | null;
}
export type StreamTask = VendorTask & Result;

/** What becomes of a task at its end. */
interface Ending {
  /** Takes effect and gives the result, null for none. */
  finish(at: number): Record<string, unknown> | null;
  /** Of a task that failed. */
  fail?(): void;
}

/** Tasks: waiting → pending → running → completed or failed. */
export type StreamTasks = ReturnType<typeof createStreamTasks>;

export function createStreamTasks(world: World) {
  const { seed } = world.options;
  const tasks = createTasks<Result>(world, 'stream', FAULTS, (sequence) =>
    uuid(seed, 'task', world.startedAt, sequence),
  );

  const statusOf = (task: StreamTask, now: number): string => {
    const share = tasks.share(task, now);
    if (!task.settled) return share < 0.25 ? 'waiting' : share < 0.5 ? 'pending' : 'running';
    if (task.faults.includes('task-unknown-status') && task.looks <= 2) return 'archiving';
    if (task.faults.includes('task-fails-then-completes') && task.looks === 1) return 'failed';
    return failsForGood(task) ? 'failed' : 'completed';
  };

  return {
    ...tasks,
    /** Starts the task of a call, and answers with its id. */
    begin(call: ReceivedCall, userIds: readonly string[], ending: Ending): VendorAnswer {
      const { id } = tasks.start(
        call,
        userIds,
        () => ({ result: null }),
        (task, at) => {
          if (failsForGood(task)) ending.fail?.();
          else task.result = ending.finish(at);
        },
      );
      return { status: 201, body: { task_id: id }, taskId: id };
    },

    /** What GetTask answers; `url` makes the link of an export, anew each time. */
    view(id: string, now: number, url: (task: StreamTask) => string | null): VendorAnswer {
      const task = tasks.known(id);
      // [U] an unknown task id: 404 code 16 is expected, 400 code 4 is the other candidate.
      if (!task) throw notFound('getTask', `task ${id} not found`);
      if (task.settled) task.looks += 1;
      const status = statusOf(task, now);
      const body = {
        task_id: task.id,
        status,
        created_at: nanoseconds(task.createdAt),
        updated_at: nanoseconds(task.settled ? (task.endsAt ?? now) : task.createdAt),
        ...outcome(task, status, url),
      };
      return { status: 200, body, taskId: id };
    },
  };
}

/** A v2 timestamp: an integer of nanoseconds, beyond what a double holds exactly. */
export function nanoseconds(ms: number): number {
  return ms * 1_000_000 + 456_789;
}

function outcome(
  task: StreamTask,
  status: string,
  url: (task: StreamTask) => string | null,
): Record<string, unknown> {
  if (status === 'failed' && !task.faults.includes('task-fails-bare')) {
    return { error: { type: 'internal', description: 'the task could not be finished' } };
  }
  if (status !== 'completed') return {};
  const link = url(task);
  if (link !== null) return { result: task.faults.includes('task-no-url') ? {} : { url: link } };
  return task.result ? { result: task.result } : {};
}
