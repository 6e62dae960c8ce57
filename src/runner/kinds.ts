import { CONFIRMED_OPERATIONS, EXPORTS } from '../requests/operations.ts';
import type { Operation, StepState } from '../requests/request.ts';

/** What kind of work a step waits for; each kind has its own bound for each provider. */
export interface Kind {
  states: readonly StepState[];
  operations: readonly Operation[];
  /** How many calls, looks or downloads of this kind are under way at once. */
  atOnce: number;
}

/** Everything that goes by batches: what deletes, and what brings back. */
const TOGETHER = CONFIRMED_OPERATIONS;

const submit: Kind = { states: ['planned', 'intended'], operations: EXPORTS, atOnce: 8 };
const check: Kind = { states: ['accepted', 'in_doubt', 'no_data'], operations: EXPORTS, atOnce: 8 };
const collect: Kind = { states: ['reported'], operations: EXPORTS, atOnce: 3 };
const send: Kind = { states: ['planned'], operations: TOGETHER, atOnce: 8 };
const follow: Kind = {
  states: ['intended', 'accepted', 'in_doubt'],
  operations: TOGETHER,
  atOnce: 8,
};
const sweep: Kind = { states: ['accepted'], operations: [...EXPORTS, ...TOGETHER], atOnce: 1 };
const look: Kind = { states: ['reported', 'no_data'], operations: TOGETHER, atOnce: 3 };

export const KINDS = { submit, check, collect, send, follow, sweep, look } as const;

/** What `--no-wait` still works on: what is not sent, or may not have been. */
export function isToSend(state: StepState): boolean {
  return state === 'planned' || state === 'intended' || state === 'in_doubt';
}
