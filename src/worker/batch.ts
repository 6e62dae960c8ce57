import type { DueStep, Group } from '../ledger/ledger.ts';
import type { Call, Step } from '../requests/request.ts';
import type { Batch } from './context.ts';

/** The steps of a batch, in their order. */
export function stepsOf({ members }: Batch): readonly Step[] {
  return members.map(({ step }) => step);
}

/** The call that all of them have; null: they have none, or not the same. */
export function callOf(members: readonly DueStep[]): Call | null {
  const [first, ...others] = members;
  const call = first?.call ?? null;
  return others.every((each) => each.call?.id === call?.id) ? call : null;
}

/** Which steps a step may share a call with. */
export function groupOf({ operation, options, batch }: Step): Group {
  return { operation, options, batch };
}

/** The same text for the same group. */
export function groupKey({ operation, options, batch }: Group): string {
  const sorted = Object.entries(options).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([operation, sorted, batch]);
}
