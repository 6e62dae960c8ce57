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
  planned: Pick<PlannedRequest, 'action' | 'mode' | 'acceptPartial' | 'subject' | 'steps'>,
  { reference, receivedOn }: RowOwn,
): string {
  const { action, mode, acceptPartial = false, subject, steps } = planned;
  const parts = steps.map(stepIdentity).toSorted();
  return canonical([action, mode, acceptPartial, subject.userId, parts, reference, receivedOn]);
}

/** What is done to whom, where: equal texts mean the same. */
export function stepIdentity({
  account,
  operation,
  subjectId,
  options,
}: Pick<PlannedStep, 'account' | 'operation' | 'subjectId' | 'options'>): string {
  return canonical([account, operation, subjectId, options]);
}

/**
 * JSON in which the order of keys makes no difference, and a key that is undefined none either: equal
 * texts mean equal values. `value` is what JSON can hold.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) return ofObject(value);
  return JSON.stringify(value) ?? 'null';
}

function ofObject(value: object): string {
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`);
  return `{${members.toSorted().join(',')}}`;
}
