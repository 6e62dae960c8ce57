import { CONFIRMED_OPERATIONS, EXPORTS } from '../requests/operations.ts';
import type { Operation, ProviderName, StepState } from '../requests/request.ts';

/** What kind of work a step waits for. */
export interface Kind {
  states: readonly StepState[];
  operations: readonly Operation[];
  /**
   * How many calls, looks or downloads of this kind are under way at once: for each operation, and
   * downloads for each provider. 32 answers of 150 ms are more than 200 calls a second.
   */
  atOnce: number;
}

/** Everything that goes by batches: what deletes, and what brings back. */
const TOGETHER = CONFIRMED_OPERATIONS;
const ALL = [...EXPORTS, ...TOGETHER];

const recover: Kind = { states: ['intended', 'in_doubt'], operations: ALL, atOnce: 8 };
const check: Kind = { states: ['accepted', 'no_data'], operations: EXPORTS, atOnce: 32 };
const collect: Kind = { states: ['reported'], operations: EXPORTS, atOnce: 8 };
const follow: Kind = { states: ['accepted'], operations: TOGETHER, atOnce: 32 };
const sweep: Kind = { states: ['accepted'], operations: ALL, atOnce: 1 };
const submit: Kind = { states: ['planned'], operations: EXPORTS, atOnce: 32 };
const look: Kind = { states: ['reported', 'no_data'], operations: TOGETHER, atOnce: 3 };
const send: Kind = { states: ['planned'], operations: TOGETHER, atOnce: 32 };

/** In the order in which they are looked for: what is known of running tasks comes before new ones. */
export const KINDS = { recover, check, collect, follow, sweep, submit, look, send } as const;

/** What each provider is asked for. */
export const OPERATIONS_AT: Readonly<Record<ProviderName, readonly Operation[]>> = {
  stream: ['export_feeds', 'export_users', 'delete_feeds', 'delete_users', 'restore_users'],
  sendbird: ['access', 'delete'],
};

/** Whether it starts work at the provider. */
export function isSending(kind: Kind): boolean {
  return kind === KINDS.submit || kind === KINDS.send;
}

/** What `--no-wait` still works on: what is not sent, or may not have been. */
export function isToSend(kind: Kind): boolean {
  return isSending(kind) || kind === KINDS.recover;
}
