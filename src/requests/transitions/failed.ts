import type { Step, StepError } from '../request.ts';
import type { StepPatch } from './change.ts';

/** How often a passing failure is repeated without being asked to (docs/spec.md 4). */
export const REPEATS = 3;

/** A step that fails: one that was repeated often enough is passing no more. */
export function failed(step: Step, error: StepError, at: number): StepPatch {
  const passing = error.passing && step.repeats < REPEATS;
  return { state: 'failed', error: { ...error, passing }, finishedAt: at, nextAt: null };
}

/** A note with one more sentence, unless it has it already. */
export function joined(note: string | null, more: string): string {
  return note === null || note.includes(more) ? (note ?? more) : `${note}; ${more}`;
}

/** What the note of a deletion says that is done by the provider's word alone, of somebody nobody saw. */
export const CHECK_ID = 'check the id';
