import { OPERATIONS, isDeletion, isExport } from '../operations.ts';
import type { Request, Step } from '../request.ts';
import { CHECK_ID, type StepPatch } from '../transitions/change.ts';

type Ordered = Pick<
  Step,
  'id' | 'operation' | 'state' | 'finishedAt' | 'whole' | 'blocked' | 'before' | 'earlier' | 'note'
> & {
  /** Null where there is none; what it says is of no account here. */
  error: unknown;
};

const WHY = 'nothing was sent: what comes before it did not end well';

/** Whether a step may go: now, not yet, or not as things are. */
type Leave = 'go' | 'wait' | 'never';

/**
 * What the steps of a request mean for those that come after them (docs/spec.md 3): no deletion
 * before every export of the request is there, and no Stream account before its feed data. A step
 * that waits is `blocked`, one whose turn will not come is `not_sent`; it is planned again when
 * what stood in its way is taken up again. A user whom Stream refuses as unknown had no feed data.
 */
export function order(
  request: Pick<Request, 'acceptPartial'> & { steps: readonly Ordered[] },
  at: number,
): readonly { id: string; patch: StepPatch }[] {
  const { steps, acceptPartial } = request;
  return steps.flatMap((step) => {
    if (!isDeletion(step.operation)) return [];
    if (isOfNobody(step, steps)) return [{ id: step.id, patch: NOBODY }];
    if (step.state !== 'planned' && step.state !== 'not_sent') return [];
    // It was refused for itself, and not for what comes before it.
    if (step.state === 'not_sent' && step.error !== null) return [];
    const patch = moved(step, leaveOf(step, steps, acceptPartial), at);
    return patch === null ? [] : [{ id: step.id, patch }];
  });
}

/**
 * The same to its end: one step that moves may move the next. In the order in which they move, which
 * is that of their events.
 */
export function orderFully(
  request: Pick<Request, 'acceptPartial'> & { steps: readonly Ordered[] },
  at: number,
): readonly { id: string; patch: StepPatch }[] {
  const { acceptPartial, steps } = request;
  const moves = order({ acceptPartial, steps }, at);
  if (moves.length === 0) return [];
  const patches = new Map(moves.map(({ id, patch }) => [id, patch]));
  const after = steps.map((step) => ({ ...step, ...patches.get(step.id) }));
  return [...moves, ...orderFully({ acceptPartial, steps: after }, at)];
}

const NOBODY: StepPatch = {
  state: 'not_found',
  note: `Stream's task for it ran, and Stream knows no such user: ${CHECK_ID}`,
};

/** Feed data that nobody saw, and whose task ran: nothing was there where Stream does not know the user. */
function isOfNobody(step: Ordered, steps: readonly Ordered[]): boolean {
  const isWord = step.state === 'succeeded' && step.before !== 'visible' && step.earlier === null;
  if (OPERATIONS[step.operation].check !== 'feed_data' || !isWord) return false;
  return steps.some(
    ({ operation, state, before }) =>
      OPERATIONS[operation].after.includes(step.operation) &&
      state === 'not_found' &&
      before !== 'visible',
  );
}

function moved(step: Ordered, leave: Leave, at: number): StepPatch | null {
  if (leave === 'never') {
    if (step.state === 'not_sent') return null;
    return {
      state: 'not_sent',
      blocked: false,
      nextAt: null,
      finishedAt: at,
      note: step.note ?? WHY,
    };
  }
  const blocked = leave === 'wait';
  if (step.state === 'not_sent') {
    const note = step.note === WHY ? null : step.note;
    return { state: 'planned', blocked, finishedAt: null, note };
  }
  return step.blocked === blocked ? null : { blocked };
}

function leaveOf(step: Ordered, steps: readonly Ordered[], acceptPartial: boolean): Leave {
  const { after } = OPERATIONS[step.operation];
  const leaves = steps
    .filter(({ operation }) => after.includes(operation))
    .map((other) =>
      isExport(other.operation) ? afterExport(other, steps, acceptPartial) : afterFeeds(other),
    );
  return (
    leaves.find((leave) => leave === 'never') ?? leaves.find((leave) => leave === 'wait') ?? 'go'
  );
}

/**
 * What is not at the provider need not be exported, unless it was seen there before the question;
 * what is cut lets go with the operator's leave.
 */
function afterExport(step: Ordered, steps: readonly Ordered[], acceptPartial: boolean): Leave {
  if (step.state === 'in_doubt' && step.blocked) return 'never';
  if (step.finishedAt === null) return 'wait';
  if (step.state === 'not_found') {
    const deletion = steps.find(({ operation }) => operation === OPERATIONS[step.operation].saves);
    return deletion?.before === 'visible' ? 'never' : 'go';
  }
  return step.state === 'succeeded' && (step.whole || acceptPartial) ? 'go' : 'never';
}

/** The account may go once the task has completed; what the check of it shows is another matter. */
function afterFeeds({ state, blocked, finishedAt }: Ordered): Leave {
  if (state === 'reported' || state === 'succeeded' || state === 'not_found') return 'go';
  if (state === 'in_doubt' && blocked) return 'never';
  return finishedAt === null ? 'wait' : 'never';
}
