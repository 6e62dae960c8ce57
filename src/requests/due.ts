import { CONFIRMED_FOR, lacksConfirmation } from './confirmation.ts';
import { isDeletion } from './operations.ts';
import type { Step } from './request.ts';
import { ONCE_MORE_WITHIN } from './transitions/sent.ts';

/** What makes a step due besides its time. */
export interface DueRule {
  /** Its request was confirmed within so many ms. */
  confirmedWithin: number;
  /**
   * Or a call of it may have arrived, and so many ms have gone since: too many to send it again, so
   * it is due for being left to the operator, and not for sending. Null: that is no way.
   */
  orInDoubtSince: number | null;
}

/**
 * What a step must meet to be due, besides having not ended, waiting for no other step and for no
 * time (docs/spec.md 3 and 4); null: nothing.
 */
export function dueRule({ operation, state }: Pick<Step, 'operation' | 'state'>): DueRule | null {
  if (!lacksConfirmation({ operation, state }, null, 0)) return null;
  const orInDoubtSince = isDeletion(operation) ? ONCE_MORE_WITHIN : null;
  return { confirmedWithin: CONFIRMED_FOR, orInDoubtSince };
}
