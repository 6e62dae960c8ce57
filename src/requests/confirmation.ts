import { isDeletion, isExport } from './operations.ts';
import type { Request, Step } from './request.ts';
import { ONCE_MORE_WITHIN } from './transitions/sent.ts';

/** How long a confirmation holds, ms (docs/spec.md 3). */
export const CONFIRMED_FOR = 7 * 86_400_000;

/** Typed out, answered yes, by `--yes`, or not asked since the plan makes no call. */
export const WAYS_TO_CONFIRM = ['typed', 'answered', 'flag', 'nothing_to_send'] as const;

/** That somebody said yes to a plan, and how. */
export interface Confirmation {
  operator: string;
  how: (typeof WAYS_TO_CONFIRM)[number];
}

/** Whether a step may not be sent now: nobody has confirmed it within the last 7 days. */
export function lacksConfirmation(
  { operation, state }: Pick<Step, 'operation' | 'state'>,
  confirmedAt: number | null,
  at: number,
): boolean {
  if (state !== 'planned' || isExport(operation)) return false;
  return confirmedAt === null || at - confirmedAt >= CONFIRMED_FOR;
}

/** Whether a deletion or restore of the request is not sent, and nobody confirmed it lately. */
export function isUnconfirmed(
  { steps, confirmedAt }: Pick<Request, 'steps' | 'confirmedAt'>,
  at: number,
): boolean {
  return steps.some((step) => lacksConfirmation(step, confirmedAt, at));
}

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
