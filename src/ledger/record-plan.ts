import type { Confirmation } from '../requests/confirmation.ts';
import type { PlannedRequest, PlannedStep } from '../requests/request.ts';
import { append, writeNews } from './audit-log/append.ts';
import { planHash } from './audit-log/event.ts';
import { digest } from './audit-log/hash.ts';
import { canonicalJson } from '../requests/canonical.ts';
import { insertConfirmation, tellConfirmed } from './confirmations.ts';
import type { Connection } from './file/connection.ts';
import { updateState, keepOrder } from './record.ts';
import { type UnitOfWork, type StepInHand, newUnitOfWork } from './unit-of-work.ts';

/**
 * Records a request as planned, with its confirmation (null: there is none to record). What becomes
 * of it at once is known before anything is written, so that each row is written once.
 */
export function recordPlan(
  on: Connection,
  plan: PlannedRequest,
  confirmation: Confirmation | null,
  at: number,
): void {
  const identity = plan.identity == null ? null : digest(plan.identity);
  const unitOfWork = newUnitOfWork(plan, at);
  append(unitOfWork, { at, kind: 'intake', state: 'open', sha256: planHash(plan, identity) });
  if (confirmation !== null) tellConfirmed(unitOfWork, confirmation, at);
  for (const { id, state } of unitOfWork.steps) {
    append(unitOfWork, { at, kind: 'step', stepId: id, state });
  }
  keepOrder(unitOfWork, at);
  updateState(on, unitOfWork, at);
  insertRequest(on, plan, unitOfWork, {
    identity,
    at,
    confirmedAt: confirmation === null ? null : at,
  });
  if (confirmation !== null) insertConfirmation(on, plan.id, 1, confirmation, at);
  for (const [index, step] of plan.steps.entries()) {
    const inHand = unitOfWork.steps[index];
    if (inHand !== undefined) insertStep(on, plan.id, step, inHand);
  }
  writeNews(on, unitOfWork);
}

function insertRequest(
  on: Connection,
  plan: PlannedRequest,
  { acceptPartial, state, finishedAt, sealed, sequence, head }: UnitOfWork,
  {
    identity,
    at,
    confirmedAt,
  }: { identity: string | null; at: number; confirmedAt: number | null },
): void {
  on.sql(
    `INSERT INTO requests (id, action, mode, user_id, stream_id, sendbird_id, reference, profile,
       operator, received_on, due_on, created_at, out_dir, state, finished_at, sealed, sequence,
       head, accept_partial, confirmed_at, identity)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
    state,
    finishedAt,
    Number(sealed),
    sequence,
    head,
    Number(acceptPartial),
    confirmedAt,
    identity,
  );
}

/** What it is planned to be, as it stands by now. */
function insertStep(
  on: Connection,
  requestId: string,
  step: PlannedStep,
  { state, note, blocked, finishedAt }: StepInHand,
): void {
  on.sql(
    `INSERT INTO steps (id, request_id, provider, operation, account, subject_id, options, state,
       note, before, earlier, finished_at, blocked, whole, subjects, attempts, checks, repeats, tries)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 1, 0, 0, 0, 0)`,
  ).run(
    step.id,
    requestId,
    step.provider,
    step.operation,
    step.account,
    step.subjectId,
    canonicalJson(step.options),
    state,
    note,
    step.before ?? null,
    step.earlier ?? null,
    finishedAt,
    Number(blocked),
  );
}
