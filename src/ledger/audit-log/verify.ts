import type { PlannedStep, Request, Step } from '../../requests/request.ts';
import {
  type ChainedEvent,
  type Confirmed,
  NO_HEAD,
  closingHash,
  confirmationHash,
  eventHash,
  extensionHash,
  planHash,
} from './event.ts';

/**
 * What is wrong with the chain of a request, in words; null: every link holds, no event is missing,
 * and it ends where its request says (`sequence` events, `head` the last hash).
 */
export function chainFault(
  requestId: string,
  events: readonly ChainedEvent[],
  end: { sequence: number; head: string },
): string | null {
  let head = NO_HEAD;
  for (const [index, event] of events.entries()) {
    const place = index + 1;
    if (event.requestId !== requestId) return `event ${String(place)} is another request's`;
    if (event.sequence !== place) return `event ${String(place)} is missing`;
    if (eventHash(head, event) !== event.hash) return `event ${String(place)} was changed`;
    head = event.hash;
  }
  if (events.length !== end.sequence) {
    return `it has ${String(events.length)} events instead of ${String(end.sequence)}`;
  }
  return head === end.head && events.length > 0 ? null : 'it does not end where the request says';
}

/**
 * Where a request is not what its events say, in words; null: they agree about the plan, about who
 * confirmed it and when, about its extension and its closing, about the state of the request and of
 * each step, about what looking again has shown, and about the files.
 */
export function mismatch(
  request: Request,
  identity: string | null,
  confirmations: readonly Confirmed[],
  events: readonly ChainedEvent[],
): string | null {
  const intake = events[0];
  const steps = request.steps.map((step) => asPlanned(step, events));
  if (intake?.kind !== 'intake' || intake.sha256 !== planHash({ ...request, steps }, identity)) {
    return 'it is not what was recorded when it came in';
  }
  const decision = decisionMismatch(request, confirmations, events);
  if (decision !== null) return `${decision} is not the one that its events say`;
  const last = events.findLast((event) => event.kind === 'intake' || event.kind === 'request');
  if (last?.state !== request.state) return 'its state is not the one that its events say';
  for (const step of request.steps) {
    const fault = stepDisagreement(step, events);
    if (fault !== null) return `${fault} of step ${step.id} is not what its events say`;
  }
  return null;
}

/** A step as it came in: what its first event says of its state, and what never changes of the rest. */
function asPlanned(step: Step, events: readonly ChainedEvent[]): PlannedStep {
  const { id, provider, operation, account, subjectId, options, before, earlier, note } = step;
  const fixed = { id, provider, operation, account, subjectId, options, before, earlier };
  const first = events.find((event) => event.stepId === id && event.kind === 'step')?.state;
  return first === 'unsupported' || first === 'already_active'
    ? { ...fixed, state: first, note }
    : fixed;
}

function stepDisagreement(step: Step, events: readonly ChainedEvent[]): string | null {
  const own = events.filter((event) => event.stepId === step.id);
  if (own.findLast((event) => event.kind === 'step')?.state !== step.state) return 'the state';
  const finding = own.findLast((event) => event.kind === 'check')?.state ?? null;
  if (finding !== step.after) return 'the check';
  const first = own.findLastIndex((event) => event.kind === 'artifact' && event.ordinal === 1);
  const files = first < 0 ? [] : own.slice(first).filter((event) => event.kind === 'artifact');
  const agree =
    files.length === step.artifacts.length &&
    step.artifacts.every(
      ({ sha256, bytes }, index) =>
        files[index]?.sha256 === sha256 && files[index]?.bytes === bytes,
    );
  return agree ? null : 'a file';
}

/**
 * Which decision of an operator about a request is not the one that its events say, in words; null:
 * all of them are.
 */
function decisionMismatch(
  { confirmedAt, extension, closing }: Request,
  confirmations: readonly Confirmed[],
  events: readonly ChainedEvent[],
): string | null {
  const told = (kind: ChainedEvent['kind']): readonly ChainedEvent[] =>
    events.filter((event) => event.kind === kind);
  const isConfirmedAsTold =
    (told('confirmed').at(-1)?.at ?? null) === confirmedAt &&
    areAsTold(confirmations.map(confirmationHash), told('confirmed'));
  if (!isConfirmedAsTold) return 'its confirmation';
  const extensions = extension === null ? [] : [extensionHash(extension)];
  if (!areAsTold(extensions, told('extended'))) return 'its extension';
  const closings = closing === null ? [] : [closingHash(closing)];
  return areAsTold(closings, told('closed')) ? null : 'its closing';
}

function areAsTold(hashes: readonly string[], told: readonly ChainedEvent[]): boolean {
  return (
    told.length === hashes.length && hashes.every((hash, index) => told[index]?.sha256 === hash)
  );
}
