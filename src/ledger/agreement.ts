import type { Request, Step } from '../requests/request.ts';
import { planHash, type ChainedEvent } from './event.ts';

/**
 * Where a request is not what its events say, in words; null: they agree about the plan, about the
 * state of the request and of each step, and about the files.
 */
export function disagreement(request: Request, events: readonly ChainedEvent[]): string | null {
  const intake = events[0];
  if (intake?.kind !== 'intake' || intake.sha256 !== planHash(request)) {
    return 'it is not what was recorded when it came in';
  }
  const last = events.findLast((event) => event.kind === 'intake' || event.kind === 'request');
  if (last?.state !== request.state) return 'its state is not the one that its events say';
  for (const step of request.steps) {
    const fault = stepDisagreement(step, events);
    if (fault !== null) return `${fault} of step ${step.id} is not what its events say`;
  }
  return null;
}

function stepDisagreement(step: Step, events: readonly ChainedEvent[]): string | null {
  const own = events.filter((event) => event.stepId === step.id);
  if (own.findLast((event) => event.kind === 'step')?.state !== step.state) return 'the state';
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
