import type { PlannedRequest, PlannedStep, Request } from './request.ts';

/** What is to be done with a wanted request, in view of those that stand open (SPEC section 3). */
export type Verdict =
  | { kind: 'record' }
  /** The same request is open: it is carried on. */
  | { kind: 'carry'; requestId: string }
  /** Another request stands in the way. */
  | { kind: 'conflict'; requestId: string };

type Standing = Pick<Request, 'id' | 'action' | 'mode' | 'steps'>;

/**
 * One at a time: the same action for the same accounts, ids and options is carried on; an erase
 * does not begin while an export is open, nor an export or restore while an erase is.
 * `standing` are the open requests that share an account and id with the wanted one.
 */
export function judge(wanted: PlannedRequest, standing: readonly Standing[]): Verdict {
  const inTheWay = standing.find((other) => collide(wanted.action, other.action));
  if (inTheWay !== undefined) return { kind: 'conflict', requestId: inTheWay.id };
  const same = standing.find((other) => covers(other, wanted));
  return same === undefined ? { kind: 'record' } : { kind: 'carry', requestId: same.id };
}

/** `--new`: as `judge`, but the same request does not keep another from being made. */
export function judgeNew(wanted: PlannedRequest, standing: readonly Standing[]): Verdict {
  const verdict = judge(wanted, standing);
  return verdict.kind === 'carry' ? { kind: 'record' } : verdict;
}

function collide(wanted: Request['action'], other: Request['action']): boolean {
  return wanted !== other && (wanted === 'erase' || other === 'erase');
}

/** Whether all that is wanted is under way, or done, in the other request: it may do more besides. */
function covers(other: Standing, wanted: PlannedRequest): boolean {
  const good = other.steps.filter((each) => each.finishedAt === null || each.state === 'succeeded');
  const underWay = new Set(good.map(identity));
  return (
    other.action === wanted.action &&
    other.mode === wanted.mode &&
    wanted.steps.every((step) => underWay.has(identity(step)))
  );
}

function identity(step: PlannedStep): string {
  return JSON.stringify([step.account, step.operation, step.subjectId, sorted(step.options)]);
}

function sorted(options: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(options).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
