import type { Confirmation } from '../requests/confirmation.ts';
import type { PlannedRequest, PlannedStep } from '../requests/request.ts';
import { append } from './append.ts';
import { canonicalJson } from './canonical.ts';
import { confirm } from './confirmations.ts';
import type { Connection } from './connection.ts';
import { NO_HEAD, planHash } from './event.ts';
import { keepOrder } from './ordering.ts';
import { bringUpToDate } from './upkeep.ts';

/** Records a request as planned, with its confirmation (null: there is none to record). */
export function recordPlan(
  on: Connection,
  plan: PlannedRequest,
  confirmation: Confirmation | null,
  at: number,
): void {
  on.sql(
    `INSERT INTO requests (id, action, mode, user_id, stream_id, sendbird_id, reference, profile,
       operator, received_on, due_on, created_at, out_dir, state, sealed, sequence, head,
       accept_partial)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, 0, ?, ?)`,
  ).run(
    plan.id,
    plan.action,
    plan.mode,
    plan.subject.userId,
    plan.subject.streamId,
    plan.subject.sendbirdId,
    plan.reference,
    plan.profile,
    plan.operator,
    plan.receivedOn,
    plan.dueOn,
    at,
    plan.outDir,
    Number(plan.outDir === null),
    NO_HEAD,
    Number(plan.acceptPartial ?? false),
  );
  append(on, { requestId: plan.id, at, kind: 'intake', state: 'open', sha256: planHash(plan) });
  if (confirmation !== null) confirm(on, plan.id, confirmation, at);
  for (const step of plan.steps) recordStep(on, plan.id, step, at);
  keepOrder(on, plan.id, at);
  bringUpToDate(on, plan.id, at);
}

function recordStep(on: Connection, requestId: string, step: PlannedStep, at: number): void {
  const { state = 'planned' } = step;
  on.sql(
    `INSERT INTO steps (id, request_id, provider, operation, account, subject_id, options, state,
       note, before, earlier, finished_at, whole, subjects, attempts, checks, repeats, tries)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 1, 0, 0, 0, 0)`,
  ).run(
    step.id,
    requestId,
    step.provider,
    step.operation,
    step.account,
    step.subjectId,
    canonicalJson(step.options),
    state,
    step.note ?? null,
    step.before ?? null,
    step.earlier ?? null,
    state === 'planned' ? null : at,
  );
  append(on, { requestId, at, kind: 'step', stepId: step.id, state });
}
