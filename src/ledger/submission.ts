import type { Confirmation } from '../requests/confirmation.ts';
import { recordedStep } from '../requests/plan/plan.ts';
import type { PlannedRequest, Request } from '../requests/request.ts';
import { append, writeNews } from './audit-log/append.ts';
import { digest, planHash } from './audit-log/event.ts';
import { confirmRequest, sayConfirmed } from './decisions.ts';
import type { Connection } from './file/connection.ts';
import type { Judge, Judged } from './ledger.ts';
import { keepOrder, updateState } from './record.ts';
import { insert, text } from './rows/columns.ts';
import { requestFrom } from './rows/steps.ts';
import { CONFIRMATION, NEW_REQUEST, STEP } from './rows/tables.ts';
import { createIdentityMap, newUnitOfWork } from './unit-of-work.ts';

/**
 * The unsettled requests about the people of a page of plans, looked for at once. Valid inside the
 * transaction that records it.
 */
function standingAmong(on: Connection, page: readonly PlannedRequest[]) {
  const known = unsettled(on, page);
  const shared = sharedKeys(page);
  return {
    /** Whether another plan of the page is about one of the same people. */
    isMet: ({ steps }: PlannedRequest): boolean =>
      shared.size > 0 && steps.some((step) => shared.has(keyOf(step))),
    /** Those that share an account and the id there with the plan, oldest first. */
    of(plan: PlannedRequest): readonly Request[] {
      const ids = new Set(plan.steps.flatMap((step) => known.get(keyOf(step)) ?? []));
      return ids.size === 0 ? [] : requestsOf(on, [...ids]);
    },
    /** One of the page has been recorded. */
    add(plan: PlannedRequest): void {
      for (const key of new Set(plan.steps.map(keyOf))) {
        known.set(key, [...(known.get(key) ?? []), plan.id]);
      }
    },
  };
}
type Standing = ReturnType<typeof standingAmong>;

type Person = Pick<PlannedRequest['steps'][number], 'account' | 'subjectId'>;

function keyOf({ account, subjectId }: Person): string {
  return `${account}\n${subjectId}`;
}

/** The people whom several plans are about. */
function sharedKeys(page: readonly PlannedRequest[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { steps } of page) {
    const own = new Set(steps.map(keyOf));
    for (const key of own) (seen.has(key) ? shared : seen).add(key);
  }
  return shared;
}

/** The ids of unsettled requests, by the people that they are about. */
function unsettled(
  on: Connection,
  page: readonly PlannedRequest[],
): Map<string, readonly string[]> {
  const known = new Map<string, readonly string[]>();
  const byAccount = Map.groupBy(
    page.flatMap(({ steps }) => steps),
    ({ account }) => account,
  );
  for (const [account, steps] of byAccount) {
    const subjectIds = new Set(steps.map(({ subjectId }) => subjectId));
    // CROSS: the people are few, and the unsettled requests may be many.
    const rows = on
      .sql(
        `SELECT DISTINCT people.value AS subject_id, requests.id
         FROM json_each(?1) AS people
         CROSS JOIN steps ON steps.account = ?2 AND steps.subject_id = people.value
         CROSS JOIN requests ON requests.id = steps.request_id
         WHERE requests.state IN ('open', 'in_doubt')`,
      )
      .all(JSON.stringify([...subjectIds]), account);
    for (const row of rows) {
      const key = keyOf({ account, subjectId: text(row, 'subject_id') });
      known.set(key, [...(known.get(key) ?? []), text(row, 'id')]);
    }
  }
  return known;
}

function requestsOf(on: Connection, ids: readonly string[]): readonly Request[] {
  return on
    .sql(
      'SELECT * FROM requests WHERE id IN (SELECT value FROM json_each(?)) ORDER BY created_at, ordinal',
    )
    .all(JSON.stringify(ids))
    .map((row) => requestFrom(on, row));
}

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
): readonly Judged[] {
  const unconfirmed = confirmation === null ? wanted.find(needsConfirmation) : undefined;
  if (unconfirmed !== undefined) {
    throw new Error(`Nobody has confirmed the ${unconfirmed.action} ${unconfirmed.id}.`);
  }
  on.db.exec('SAVEPOINT intake');
  const judged = judgeEach(on, wanted, judge, (plan) =>
    recordPlan(on, plan, needsConfirmation(plan) ? confirmation : null, at),
  );
  if (judged.some(({ verdict }) => verdict.kind === 'conflict')) {
    on.db.exec('ROLLBACK TO intake');
  } else if (confirmation !== null) {
    confirmCarried(on, judged, confirmation, at);
  }
  on.db.exec('RELEASE intake');
  return judged;
}

/** The verdicts that `intake` would give, with nothing recorded. Runs inside a transaction. */
export function weigh(
  on: Connection,
  wanted: readonly PlannedRequest[],
  judge: Judge,
  at: number,
): readonly Judged[] {
  on.db.exec('SAVEPOINT weighing');
  const judged = judgeEach(on, wanted, judge, (plan, standing) => {
    // To be recorded and undone is dear, and tells only those of the page who meet it.
    if (standing.isMet(plan)) recordPlan(on, plan, null, at);
  });
  on.db.exec('ROLLBACK TO weighing; RELEASE weighing');
  return judged;
}

function judgeEach(
  on: Connection,
  wanted: readonly PlannedRequest[],
  judge: Judge,
  record: (plan: PlannedRequest, standing: Standing) => void,
): readonly Judged[] {
  const standing: Standing = standingAmong(on, wanted);
  return wanted.map((plan): Judged => {
    const verdict = judge(plan, standing.of(plan));
    if (verdict.kind === 'record') {
      record(plan, standing);
      standing.add(plan);
    }
    return { wanted: plan, verdict };
  });
}

/**
 * Records a request as planned, with its confirmation (null: there is none to record). What becomes
 * of it at once is known before anything is written, so that each row is written once.
 */
function recordPlan(
  on: Connection,
  plan: PlannedRequest,
  confirmation: Confirmation | null,
  at: number,
): void {
  const identity = plan.identity == null ? null : digest(plan.identity);
  const steps = plan.steps.map((step) => recordedStep(step, plan.id, at));
  const unitOfWork = newUnitOfWork(plan, steps);
  append(unitOfWork, { at, kind: 'intake', state: 'open', sha256: planHash(plan, identity) });
  if (confirmation !== null) sayConfirmed(unitOfWork, { ...confirmation, at });
  for (const { id, state } of steps) append(unitOfWork, { at, kind: 'step', stepId: id, state });
  keepOrder(unitOfWork, at);
  updateState(on, unitOfWork, at);
  const confirmedAt = confirmation === null ? null : at;
  const request = { ...plan, ...plan.subject, ...unitOfWork, createdAt: at, confirmedAt, identity };
  insert(on, 'requests', NEW_REQUEST, request);
  if (confirmation !== null) {
    const first = { ...confirmation, at, requestId: plan.id, ordinal: 1 };
    insert(on, 'confirmations', CONFIRMATION, first);
  }
  for (const step of steps) insert(on, 'steps', STEP, step);
  writeNews(on, unitOfWork);
}

/** Each once: one that was recorded a moment ago is confirmed already. */
function confirmCarried(
  on: Connection,
  judged: readonly Judged[],
  confirmation: Confirmation,
  at: number,
): void {
  const done = new Set<string>();
  const identityMap = createIdentityMap(on);
  for (const { wanted, verdict } of judged) {
    if (verdict.kind === 'record') done.add(wanted.id);
    if (verdict.kind !== 'carry' || !needsConfirmation(wanted)) continue;
    if (done.has(verdict.requestId)) continue;
    done.add(verdict.requestId);
    confirmRequest(on, identityMap.request(verdict.requestId), { ...confirmation, at });
  }
  identityMap.writeBack();
}

function needsConfirmation({ action }: Pick<PlannedRequest, 'action'>): boolean {
  return action === 'erase' || action === 'restore';
}
