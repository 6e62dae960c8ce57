import type { Confirmation } from '../requests/confirmation.ts';
import type { PlannedRequest, Request } from '../requests/request.ts';
import { text } from './columns.ts';
import { confirm } from './confirmations.ts';
import type { Connection } from './connection.ts';
import type { Judge, Opened } from './ledger.ts';
import { recordPlan } from './record-plan.ts';
import { requestFrom } from './request-row.ts';

/**
 * Judges each request against what stands, those before it in `wanted` included, and records it
 * where the verdict says so; an erase or restore is confirmed with it, one that is carried on anew.
 * One `conflict`: nothing stays recorded. Runs inside a transaction. Throws an Error for an erase or
 * restore that comes without its confirmation (null).
 */
export function intake(
  on: Connection,
  wanted: readonly PlannedRequest[],
  judge: Judge,
  at: number,
  confirmation: Confirmation | null,
): readonly Opened[] {
  const unconfirmed = confirmation === null ? wanted.find(needsConfirmation) : undefined;
  if (unconfirmed !== undefined) {
    throw new Error(`Nobody has confirmed the ${unconfirmed.action} ${unconfirmed.id}.`);
  }
  on.db.exec('SAVEPOINT intake');
  const opened = judged(on, wanted, judge, at, confirmation);
  if (opened.some(({ verdict }) => verdict.kind === 'conflict')) {
    on.db.exec('ROLLBACK TO intake');
  } else if (confirmation !== null) {
    confirmCarried(on, opened, confirmation, at);
  }
  on.db.exec('RELEASE intake');
  return opened;
}

/** The verdicts that `intake` would give, with nothing recorded. Runs inside a transaction. */
export function weigh(
  on: Connection,
  wanted: readonly PlannedRequest[],
  judge: Judge,
  at: number,
): readonly Opened[] {
  on.db.exec('SAVEPOINT weighing');
  const opened = judged(on, wanted, judge, at, null);
  on.db.exec('ROLLBACK TO weighing; RELEASE weighing');
  return opened;
}

function judged(
  on: Connection,
  wanted: readonly PlannedRequest[],
  judge: Judge,
  at: number,
  confirmation: Confirmation | null,
): readonly Opened[] {
  return wanted.map((plan): Opened => {
    const verdict = judge(plan, standing(on, plan));
    if (verdict.kind === 'record') {
      recordPlan(on, plan, needsConfirmation(plan) ? confirmation : null, at);
    }
    return { wanted: plan, verdict };
  });
}

/** Each once: one that was recorded a moment ago is confirmed already. */
function confirmCarried(
  on: Connection,
  opened: readonly Opened[],
  confirmation: Confirmation,
  at: number,
): void {
  const done = new Set<string>();
  for (const { wanted, verdict } of opened) {
    if (verdict.kind === 'record') done.add(wanted.id);
    if (verdict.kind !== 'carry' || !needsConfirmation(wanted)) continue;
    if (done.has(verdict.requestId)) continue;
    done.add(verdict.requestId);
    confirm(on, verdict.requestId, confirmation, at);
  }
}

function needsConfirmation({ action }: Pick<PlannedRequest, 'action'>): boolean {
  return action === 'erase' || action === 'restore';
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
