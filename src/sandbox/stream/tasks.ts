import { uuid } from '../random.ts';
import type { ReceivedCall, TaskSummary, VendorAnswer, World } from '../vendor.ts';
import { notFound } from './errors.ts';

const FAULTS = [
  'task-fails',
  'task-fails-bare',
  'task-fails-then-completes',
  'task-unknown-status',
  'task-never-ends',
  'task-forgotten',
  'task-no-url',
] as const;

export interface StreamTask extends TaskSummary {
  /** How often it was looked at since it ended. */
  looks: number;
  result: Record<string, unknown> | null;
}

/** What becomes of a task at its end. */
interface Ending {
  /** Takes effect and gives the result, null for none. */
  finish(at: number): Record<string, unknown> | null;
  /** Of a task that failed. */
  fail?(): void;
}

/** Tasks: waiting → pending → running → completed or failed, by the clock and nothing else. */
export type StreamTasks = ReturnType<typeof createStreamTasks>;

export function createStreamTasks({ options, faults, startedAt }: World) {
  const tasks = new Map<string, StreamTask>();
  // One duration for all tasks, so the order of starts is the order of ends.
  const running: { task: StreamTask; ending: Ending }[] = [];

  return {
    /** Starts the task of a call, and answers with its id. */
    start(
      { operation, now }: ReceivedCall,
      userIds: readonly string[],
      ending: Ending,
    ): VendorAnswer {
      const subject = { labels: [operation, 'stream'], ids: userIds };
      const hit = FAULTS.filter((name) => faults.hits(name, subject));
      const task: StreamTask = {
        provider: 'stream',
        id: uuid(options.seed, 'task', startedAt, tasks.size),
        operation,
        userIds,
        createdAt: now,
        endsAt: hit.includes('task-never-ends') ? null : now + options.taskTime,
        settled: false,
        faults: hit,
        looks: 0,
        result: null,
      };
      tasks.set(task.id, task);
      if (task.endsAt !== null) running.push({ task, ending });
      return { status: 201, body: { task_id: task.id }, taskId: task.id };
    },
    settle(now: number) {
      for (let next = running[0]; next && (next.task.endsAt ?? 0) <= now; next = running[0]) {
        running.shift();
        const { task, ending } = next;
        if (failsForGood(task)) ending.fail?.();
        else task.result = ending.finish(task.endsAt ?? now);
        task.settled = true;
      }
    },
    get: (id: string) => tasks.get(id),
    list: () => [...tasks.values()],

    /** What GetTask answers; `url` makes the link of an export, anew each time. */
    view(id: string, now: number, url: (task: StreamTask) => string | null): VendorAnswer {
      const task = tasks.get(id);
      // [U] an unknown task id: 404 code 16 is expected, 400 code 4 is the other candidate.
      if (!task || task.faults.includes('task-forgotten')) {
        throw notFound('getTask', `task ${id} not found`);
      }
      if (task.settled) task.looks += 1;
      const status = statusOf(task, now, options.taskTime);
      const changed = task.settled ? (task.endsAt ?? now) : task.createdAt;
      const body = {
        task_id: task.id,
        status,
        created_at: nanoseconds(task.createdAt),
        updated_at: nanoseconds(changed),
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

function failsForGood(task: StreamTask): boolean {
  return task.faults.includes('task-fails') || task.faults.includes('task-fails-bare');
}

function statusOf(task: StreamTask, now: number, taskTime: number): string {
  if (!task.settled) {
    const share = taskTime === 0 ? 1 : (now - task.createdAt) / taskTime;
    if (share < 0.25) return 'waiting';
    return share < 0.5 ? 'pending' : 'running';
  }
  if (task.faults.includes('task-unknown-status') && task.looks <= 2) return 'archiving';
  if (task.faults.includes('task-fails-then-completes') && task.looks === 1) return 'failed';
  return failsForGood(task) ? 'failed' : 'completed';
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
