import type { Moment } from '../../src/requests/polling.ts';
import type { Artifact, Call, Request, Step, StepError } from '../../src/requests/request.ts';
import type { Change } from '../../src/requests/transitions/change.ts';

export const STREAM = 'stream:key@https://stream.test';
export const SENDBIRD = 'sendbird:app@https://sendbird.test';
export const T0 = Date.UTC(2026, 10, 20, 9);
/** Nothing is shifted by jitter. */
export const NOW: Moment = { at: T0, random: 0.5, pollInterval: 2_000 };

export function step(more: Partial<Step> = {}): Step {
  return {
    id: 'req_1/export_users',
    requestId: 'req_1',
    provider: 'stream',
    operation: 'export_users',
    account: STREAM,
    subjectId: 'ada',
    options: {},
    state: 'planned',
    note: null,
    error: null,
    whole: true,
    callId: null,
    taskId: null,
    subjects: 1,
    attempts: 0,
    checks: 0,
    repeats: 0,
    tries: 0,
    nextAt: null,
    blocked: false,
    batch: null,
    doubts: 0,
    before: null,
    after: null,
    lookedAt: null,
    earlier: null,
    intendedAt: null,
    acceptedAt: null,
    finishedAt: null,
    artifacts: [],
    ...more,
  };
}

export function access(more: Partial<Step> = {}): Step {
  return step({
    id: 'req_1/access',
    provider: 'sendbird',
    operation: 'access',
    account: SENDBIRD,
    ...more,
  });
}

/** Deletion of feed data, hard unless `options` say otherwise. */
export function feeds(more: Partial<Step> = {}): Step {
  return step({
    id: 'req_1/delete_feeds',
    operation: 'delete_feeds',
    options: { hard_delete: true },
    before: 'visible',
    ...more,
  });
}

/** Deletion of a Stream account, hard unless `options` say otherwise. */
export function account(more: Partial<Step> = {}): Step {
  return step({
    id: 'req_1/delete_users',
    operation: 'delete_users',
    options: HARD,
    before: 'visible',
    ...more,
  });
}

export const HARD = {
  user: 'hard',
  messages: 'hard',
  conversations: 'hard',
  calls: 'hard',
  files: true,
};
export const SOFT = { user: 'soft', messages: 'soft' };

/** Deletion at Sendbird. */
export function removal(more: Partial<Step> = {}): Step {
  return access({
    id: 'req_1/delete',
    operation: 'delete',
    options: { channel_delete_option: 'do_not_delete' },
    before: 'visible',
    ...more,
  });
}

/** A deletion that was done and is gone, as the look-up afterwards has shown. */
export const GONE: Partial<Step> = {
  state: 'succeeded',
  taskId: 'task-1',
  attempts: 1,
  intendedAt: T0,
  acceptedAt: T0 + 1_000,
  finishedAt: T0 + 40_000,
  after: 'not_visible',
  lookedAt: T0 + 40_000,
};

/** A deletion that the provider reported as done, and whose subject is still there. */
export const STILL_THERE: Partial<Step> = {
  ...GONE,
  state: 'reported',
  whole: false,
  after: 'still_visible',
  error: fault('still_visible'),
};

/** The call that serves a step. */
export function call(of: Step, more: Partial<Call> = {}): Call {
  return {
    id: 'call_1',
    provider: of.provider,
    operation: of.operation,
    account: of.account,
    options: of.options,
    stepIds: [of.id],
    subjectIds: [of.subjectId],
    taskId: of.taskId,
    state: 'intended',
    replaces: null,
    adopted: false,
    providerStatus: null,
    intendedAt: T0,
    answeredAt: null,
    ...more,
  };
}

export function fault(code: string, more: Partial<StepError> = {}): StepError {
  return {
    code,
    message: `it says ${code}`,
    passing: true,
    providerCode: null,
    httpStatus: null,
    ...more,
  };
}

export const FILE: Artifact = {
  path: 'stream/users.jsonl',
  bytes: 3_400_000,
  sha256: 'ab'.repeat(32),
  format: 'jsonl',
  records: 1204,
};

export function request(more: Partial<Request> = {}): Request {
  return {
    id: 'req_1',
    action: 'export',
    mode: null,
    subject: { userId: 'ada', streamId: 'ada', sendbirdId: 'ada' },
    reference: 'ZD-1042',
    profile: 'production',
    operator: 'jane',
    receivedOn: '2026-11-20',
    dueOn: '2026-12-21',
    createdAt: T0,
    finishedAt: null,
    outDir: '/srv/gdpr-exports',
    acceptPartial: false,
    confirmedAt: null,
    extension: null,
    closing: null,
    state: 'open',
    sealed: false,
    steps: [],
    ledger: { sequence: 12, head: `sha256:${'cd'.repeat(32)}` },
    ...more,
  };
}

/** What a change makes of a step, as the ledger would apply it. */
export function applied(of: Step, change: Change): Step {
  const patch = change.steps?.find(({ id }) => id === of.id)?.patch ?? {};
  const files = (change.artifacts ?? []).filter(({ stepId }) => stepId === of.id);
  const artifacts = files.length === 0 ? of.artifacts : files.map(({ artifact }) => artifact);
  return { ...of, ...patch, artifacts };
}

/** The patch of the only step that a change touches. */
export function patchOf(change: Change): object {
  const [only, ...others] = change.steps ?? [];
  if (only === undefined || others.length > 0) throw new Error('not one step is changed');
  return only.patch;
}
