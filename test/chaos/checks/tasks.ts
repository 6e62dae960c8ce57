import type { Receipt } from '../../../src/requests/receipt.ts';
import type { Evidence, RecordedCall, Task, Violation } from '../evidence.ts';

const OPERATION: Readonly<Record<string, string>> = {
  exportFeedUserData: 'export_feeds',
  exportUsers: 'export_users',
  deleteFeedUserData: 'delete_feeds',
  deleteUsers: 'delete_users',
  registerGdprAccess: 'access',
  registerGdprDelete: 'delete',
};

/** Faults after which a task is rightly followed by another. */
const SPOILT: ReadonlySet<string> = new Set([
  'task-fails',
  'task-fails-bare',
  'task-fails-then-completes',
  'task-forgotten',
  'task-no-url',
  'no-data',
  'link-not-renewed',
  'user-stays-visible',
]);

/** A task of the sandbox and the call on record that started it. */
interface Started {
  task: Task;
  call: RecordedCall;
  /** The answer arrived, or the task was found again: the ledger has its id. */
  known: boolean;
}

/**
 * Every task that was started is on record once, and one that was started again is so for a reason
 * that its receipt tells.
 */
export function checkTasks(evidence: Evidence): Violation[] {
  const violations: Violation[] = [];
  const say = (requestId: string | null, what: string): void => {
    violations.push({ check: 'tasks', requestId, what });
  };
  const started: Started[] = [];
  const answers = new Set<string>();
  for (const task of evidence.tasks) {
    const found = callOf(task, evidence.calls, answers);
    if (found === null) {
      say(
        null,
        `task ${task.id} (${task.operation} of ${task.userIds.join(', ')}): no call started it`,
      );
      continue;
    }
    started.push({ task, ...found });
    if (found.twice) say(requestOf(found.call), `task ${task.id} is followed by two calls`);
    if (!isAbout(found.call, task)) {
      const whose = `${task.operation} of ${task.userIds.join(', ')}`;
      say(requestOf(found.call), `task ${task.id} (${whose}) is followed by a call for others`);
    }
  }
  for (const receipt of evidence.receipts) {
    for (const step of receipt.steps) ofStep(evidence, receipt, step, started, say);
  }
  return violations;
}

function requestOf({ stepIds }: RecordedCall): string | null {
  return stepIds[0]?.split('/')[0] ?? null;
}

function isAbout({ operation, subjectIds }: RecordedCall, task: Task): boolean {
  const isSame = subjectIds.toSorted().join('\n') === task.userIds.toSorted().join('\n');
  return isSame && operation === OPERATION[task.operation];
}

/** The call that has the task's id; else one in doubt that may have started it, each for one task. */
function callOf(
  task: Task,
  calls: readonly RecordedCall[],
  answers: Set<string>,
): { call: RecordedCall; known: boolean; twice: boolean } | null {
  const following = calls.filter(({ taskId }) => taskId === task.id);
  const [call] = following;
  if (call !== undefined) return { call, known: true, twice: following.length > 1 };
  const doubtful = calls.find(
    (each) =>
      each.taskId === null &&
      !answers.has(each.id) &&
      ['intended', 'in_doubt', 'replaced'].includes(each.state) &&
      each.intendedAt <= task.createdAt &&
      isAbout(each, task),
  );
  if (doubtful === undefined) return null;
  answers.add(doubtful.id);
  return { call: doubtful, known: false, twice: false };
}

type Step = Receipt['steps'][number];

function ofStep(
  { played }: Evidence,
  { request_id: requestId }: Receipt,
  step: Step,
  started: readonly Started[],
  say: (requestId: string, what: string) => void,
): void {
  const own = started.filter(({ call }) =>
    call.stepIds.some((id) => id === `${requestId}/${step.operation}`),
  );
  const name = `${step.provider} ${step.operation}`;
  if (step.task_id !== null && !own.some(({ task }) => task.id === step.task_id)) {
    const isCancelled = step.state === 'cancelled';
    if (!isCancelled) say(requestId, `${name}: the sandbox has no task ${step.task_id} of it`);
  }
  if (own.length > step.attempts) {
    say(requestId, `${name}: ${own.length} tasks were started in ${step.attempts} attempts`);
  }
  const isTold = /repeated|sent twice|the list also has/.test(step.note ?? '');
  const unknown = own.filter(({ known }) => !known);
  if (unknown.length > 0 && own.length > 1 && !isTold) {
    say(
      requestId,
      `${name}: started ${own.length} times, one answer lost, and the note does not say so: ${step.note}`,
    );
  }
  if (/^export|^access/.test(step.operation) && played.some(({ faults }) => faults.some(isOfFiles)))
    return;
  const needless = own.slice(0, -1).filter(({ task, known }) => known && !isSpoilt(task, played));
  if (needless.length > 0) {
    const ids = needless.map(({ task }) => task.id).join(', ');
    say(requestId, `${name}: started again although ${ids} was well`);
  }
}

function isOfFiles(fault: string): boolean {
  return /^(file|link|redirect)|downloadFile/.test(fault);
}

/** Whether a task was to be followed by another: by its own faults, or a person's. */
function isSpoilt({ faults, userIds }: Task, played: Evidence['played']): boolean {
  if (faults.some((fault) => SPOILT.has(fault))) return true;
  return played.some((each) =>
    each.faults.some((fault) => {
      const [, of] = /^(?:user-stays-visible|delete-user-fails)=id:(.+)$/.exec(fault) ?? [];
      return of !== undefined && userIds.includes(of);
    }),
  );
}
