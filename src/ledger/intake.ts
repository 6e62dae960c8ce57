import type { PlannedRequest, PlannedStep, Request } from '../requests/request.ts';
import { append } from './append.ts';
import { canonicalJson } from './canonical.ts';
import { text } from './columns.ts';
import type { Connection } from './connection.ts';
import { NO_HEAD, planHash } from './event.ts';
import type { Judge, Opened } from './ledger.ts';
import { requestFrom } from './request-row.ts';

/**
 * Judges each request against what stands, those before it in `wanted` included, and records it
 * where the verdict says so. One `conflict`: nothing stays recorded. Runs inside a transaction.
 */
export function intake(
  on: Connection,
  wanted: readonly PlannedRequest[],
  judge: Judge,
  at: number,
): readonly Opened[] {
  on.db.exec('SAVEPOINT intake');
  const opened = wanted.map((plan): Opened => {
    const verdict = judge(plan, standing(on, plan));
    if (verdict.kind === 'record') recordPlan(on, plan, at);
    return { wanted: plan, verdict };
  });
  if (opened.some(({ verdict }) => verdict.kind === 'conflict')) {
    on.db.exec('ROLLBACK TO intake');
  }
  on.db.exec('RELEASE intake');
  return opened;
}

/** The unsettled requests that share an account and the id there, oldest first. */
function standing(on: Connection, plan: PlannedRequest): readonly Request[] {
  const ids = new Set<string>();
  for (const { account, subjectId } of plan.steps) {
    const rows = on
      .sql(
        `SELECT requests.id FROM steps JOIN requests ON requests.id = steps.request_id
         WHERE steps.account = ? AND steps.subject_id = ? AND requests.state IN ('open', 'in_doubt')`,
      )
      .all(account, subjectId);
    for (const row of rows) ids.add(text(row, 'id'));
  }
  return on
    .sql(
      'SELECT * FROM requests WHERE id IN (SELECT value FROM json_each(?)) ORDER BY created_at, ordinal',
    )
    .all(JSON.stringify([...ids]))
    .map((row) => requestFrom(on, row));
}

function recordPlan(on: Connection, plan: PlannedRequest, at: number): void {
  on.sql(
    `INSERT INTO requests (id, action, mode, user_id, stream_id, sendbird_id, reference, profile,
       operator, received_on, due_on, created_at, out_dir, state, sealed, sequence, head)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, 0, ?)`,
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
  );
  append(on, { requestId: plan.id, at, kind: 'intake', state: 'open', sha256: planHash(plan) });
  for (const step of plan.steps) recordStep(on, plan.id, step, at);
}

function recordStep(on: Connection, requestId: string, step: PlannedStep, at: number): void {
  on.sql(
    `INSERT INTO steps (id, request_id, provider, operation, account, subject_id, options, state,
       whole, subjects, attempts, checks, repeats, tries)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'planned', 1, 1, 0, 0, 0, 0)`,
  ).run(
    step.id,
    requestId,
    step.provider,
    step.operation,
    step.account,
    step.subjectId,
    canonicalJson(step.options),
  );
  append(on, { requestId, at, kind: 'step', stepId: step.id, state: 'planned' });
}
