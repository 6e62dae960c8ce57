import { stepIdentity } from './identity.ts';
import { isExport } from './operations.ts';
import type { PlannedRequest, PlannedStep, Request, Step } from './request.ts';

/** What is to be done with a wanted request, in view of those that stand open (docs/spec.md 3). */
export type Verdict =
  | { kind: 'record' }
  /** The same request is open: it is carried on. */
  | { kind: 'carry'; requestId: string }
  /** Another request stands in the way. */
  | { kind: 'conflict'; requestId: string };

type Standing = Pick<Request, 'id' | 'action' | 'mode' | 'acceptPartial' | 'steps'>;

/**
 * One at a time: the same action for the same accounts, ids and options is carried on; an erase
 * does not begin while an export is open, nor an export or restore while an erase is.
 * `standing` are the open requests that share an account and id with the wanted one.
 */
export function judge(wanted: PlannedRequest, standing: readonly Standing[]): Verdict {
  const inTheWay = standing.find((other) =>
    covers(other, wanted) ? exceeds(other, wanted) : collide(wanted, other),
  );
  if (inTheWay !== undefined) return { kind: 'conflict', requestId: inTheWay.id };
  const same = standing.find((other) => covers(other, wanted));
  return same === undefined ? { kind: 'record' } : { kind: 'carry', requestId: same.id };
}

/** `--new`: as `judge`, but the same request does not keep another from being made. */
export function judgeNew(wanted: PlannedRequest, standing: readonly Standing[]): Verdict {
  const inTheWay = standing.find((other) => collide(wanted, other));
  return inTheWay === undefined ? { kind: 'record' } : { kind: 'conflict', requestId: inTheWay.id };
}

/** Whether one would delete what the other is at: two erases do so only where one exports first. */
function collide(wanted: PlannedRequest, other: Standing): boolean {
  if (wanted.action !== 'erase' && other.action !== 'erase') return false;
  if (wanted.action !== other.action) return true;
  return exports(wanted) || exports({ steps: other.steps.filter(isUnderWay) });
}

/** Whether carrying the other on would delete, or bring back, what the wanted plan does not name. */
function exceeds(other: Standing, wanted: PlannedRequest): boolean {
  if (wanted.action === 'export') return false;
  const named = new Set(wanted.steps.map(stepIdentity));
  return other.steps.some(
    (step) => isUnderWay(step) && !isExport(step.operation) && !named.has(stepIdentity(step)),
  );
}

function exports({ steps }: { steps: readonly Pick<PlannedStep, 'operation'>[] }): boolean {
  return steps.some(({ operation }) => isExport(operation));
}

function isUnderWay({ finishedAt }: Step): boolean {
  return finishedAt === null;
}

/**
 * Whether all that is wanted is under way, or done, in the other request: an export may do more besides.
 * What failed is asked for again by another export; an erase is carried on as long as it is open.
 */
function covers(other: Standing, wanted: PlannedRequest): boolean {
  const good = other.steps.filter(
    (each) => other.action !== 'export' || isUnderWay(each) || each.state === 'succeeded',
  );
  const underWay = new Set(good.map(stepIdentity));
  return (
    other.action === wanted.action &&
    other.mode === wanted.mode &&
    (!exports(wanted) || other.acceptPartial === (wanted.acceptPartial ?? false)) &&
    wanted.steps.every((step) => underWay.has(stepIdentity(step)))
  );
}
