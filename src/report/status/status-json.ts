import type { ProcessIdentity } from '../../host/host.ts';
import { lacksConfirmation } from '../../requests/confirmation.ts';
import { dueNow } from '../../requests/deadline.ts';
import { closingOf, errorOf, extensionOf, isoOrNull, subjectOf } from '../../requests/receipt.ts';
import type { Call, Request, Step } from '../../requests/request.ts';
import { isSettled } from '../../requests/state.ts';
import { waitsFor } from '../words.ts';

/** A request as a status shows it: with its calls, and the process that works on it. */
export interface Shown {
  request: Request;
  /** Oldest first. */
  calls: readonly Call[];
  heldBy: ProcessIdentity | null;
}

/** A request as `gdpr-status/1`; `today` is `YYYY-MM-DD`, `now` in ms. Keys are always present. */
export function statusJson(
  { request, calls, heldBy }: Shown,
  { today, now }: { today: string; now: number },
): string {
  const due = dueNow(request);
  return JSON.stringify({
    schema: 'gdpr-status/1',
    request_id: request.id,
    action: request.action,
    mode: request.mode,
    state: request.state,
    settled: isSettled(request.state),
    subject: subjectOf(request),
    reference: request.reference,
    profile: request.profile,
    operator: request.operator,
    received_on: request.receivedOn,
    due_on: due,
    overdue: !isSettled(request.state) && due < today,
    created_at: isoOrNull(request.createdAt),
    finished_at: isoOrNull(request.finishedAt),
    confirmed_at: isoOrNull(request.confirmedAt),
    extension: extensionOf(request),
    closing: closingOf(request),
    held_by: heldBy === null ? null : { host: heldBy.host, pid: heldBy.pid },
    steps: request.steps.map((step) => stepJson(step, request, now)),
    calls: calls.map(callJson),
  });
}

function stepJson(step: Step, { steps, confirmedAt }: Request, now: number): object {
  return {
    provider: step.provider,
    operation: step.operation,
    state: step.state,
    task_id: step.taskId,
    checks: step.checks,
    next_check_at: isoOrNull(step.nextAt),
    call_id: step.callId,
    subjects: step.subjects,
    attempts: step.attempts,
    waits_for: waitsFor(step, steps),
    to_confirm: lacksConfirmation(step, confirmedAt, now),
    intended_at: isoOrNull(step.intendedAt),
    accepted_at: isoOrNull(step.acceptedAt),
    finished_at: isoOrNull(step.finishedAt),
    note: step.note,
    error: step.error === null ? null : errorOf(step.error),
  };
}

function callJson(call: Call): object {
  return {
    call_id: call.id,
    provider: call.provider,
    operation: call.operation,
    state: call.state,
    task_id: call.taskId,
    provider_status: call.providerStatus,
    replaces: call.replaces,
    adopted: call.adopted,
    subjects: call.subjectIds.length,
    intended_at: isoOrNull(call.intendedAt),
    answered_at: isoOrNull(call.answeredAt),
  };
}
