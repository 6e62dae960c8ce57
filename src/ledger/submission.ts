import type { Confirmation } from '../requests/confirmation.ts';
import type { PlannedRequest } from '../requests/request.ts';
import { confirm } from './confirmations.ts';
import type { Connection } from './file/connection.ts';
import { createIdentityMap } from './identity-map.ts';
import type { Judge, Opened } from './ledger.ts';
import { type Standing, standingAmong } from './queries/conflicts.ts';
import { recordPlan } from './record-plan.ts';

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
  const opened = judged(on, wanted, judge, (plan) =>
    recordPlan(on, plan, needsConfirmation(plan) ? confirmation : null, at),
  );
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
  const opened = judged(on, wanted, judge, (plan, standing) => {
    // To be recorded and undone is dear, and tells only those of the page who meet it.
    if (standing.isMet(plan)) recordPlan(on, plan, null, at);
  });
  on.db.exec('ROLLBACK TO weighing; RELEASE weighing');
  return opened;
}

function judged(
  on: Connection,
  wanted: readonly PlannedRequest[],
  judge: Judge,
  record: (plan: PlannedRequest, standing: Standing) => void,
): readonly Opened[] {
  const standing: Standing = standingAmong(on, wanted);
  return wanted.map((plan): Opened => {
    const verdict = judge(plan, standing.of(plan));
    if (verdict.kind === 'record') {
      record(plan, standing);
      standing.add(plan);
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
  const identityMap = createIdentityMap(on);
  for (const { wanted, verdict } of opened) {
    if (verdict.kind === 'record') done.add(wanted.id);
    if (verdict.kind !== 'carry' || !needsConfirmation(wanted)) continue;
    if (done.has(verdict.requestId)) continue;
    done.add(verdict.requestId);
    confirm(on, identityMap.request(verdict.requestId), confirmation, at);
  }
  identityMap.clear();
}

function needsConfirmation({ action }: Pick<PlannedRequest, 'action'>): boolean {
  return action === 'erase' || action === 'restore';
}
