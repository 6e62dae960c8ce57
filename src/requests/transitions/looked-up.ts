import type { Step } from '../request.ts';
import type { Change, StepPatch } from './change.ts';

/**
 * Settles an access that ended as `no_data` (docs/spec.md 4): Sendbird means "already deleted" or
 * a fault of its own, and only a look-up tells which.
 */
export function noDataSettled(step: Step, visible: boolean, at: number): Change {
  const patch: StepPatch = visible
    ? {
        state: 'no_data',
        note: 'Sendbird says that it has no data, yet the account is there: run the export again',
      }
    : { state: 'not_found', note: 'no such account at Sendbird' };
  return { at, steps: [{ id: step.id, patch: { ...patch, finishedAt: at, nextAt: null } }] };
}
