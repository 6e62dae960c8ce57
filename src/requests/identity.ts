import { canonicalJson } from './canonical.ts';
import type { PlannedRequest, PlannedStep } from './request.ts';

/** What a row of a CSV says of its own, as it is written there; null: nothing. */
export interface RowOwn {
  reference: string | null;
  /** `YYYY-MM-DD`. */
  receivedOn: string | null;
}

/**
 * Who and what a row of a CSV is about (docs/spec.md 6), as one text: equal texts mean the same row.
 * Action, accounts, ids, the options that change what happens, reference and day. Not what was found
 * out about the subject, nor where files go, nor who asks.
 */
export function rowIdentity(
  planned: Pick<PlannedRequest, 'action' | 'mode' | 'acceptPartial' | 'subject'> & {
    steps: readonly WantedStep[];
  },
  { reference, receivedOn }: RowOwn,
): string {
  const { action, mode, acceptPartial = false, subject, steps } = planned;
  const parts = steps.map(stepIdentity).toSorted();
  return canonicalJson([action, mode, acceptPartial, subject.userId, parts, reference, receivedOn]);
}

type WantedStep = Pick<PlannedStep, 'account' | 'operation' | 'subjectId' | 'options'>;

/** What is done to whom, where: equal texts mean the same. */
export function stepIdentity({ account, operation, subjectId, options }: WantedStep): string {
  return canonicalJson([account, operation, subjectId, options]);
}
