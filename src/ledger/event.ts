import type { PlannedRequest, RequestState, StepState } from '../requests/request.ts';
import { canonicalJson, fingerprint } from './canonical.ts';

/**
 * What happened to a request: it came in (`sha256` is that of its plan), it came into a state, a
 * step came into a state, a file of a step arrived (`ordinal` counts from 1 at each collection).
 * Never a user id, never free text.
 */
export interface LedgerEvent {
  requestId: string;
  /** From 1, without holes. */
  sequence: number;
  at: number;
  kind: 'intake' | 'request' | 'step' | 'artifact';
  stepId: string | null;
  state: RequestState | StepState | null;
  callId: string | null;
  taskId: string | null;
  errorCode: string | null;
  ordinal: number | null;
  sha256: string | null;
  bytes: number | null;
}

/** An event as it stands in the chain. */
export interface ChainedEvent extends LedgerEvent {
  hash: string;
}

/** What the first event of a chain follows. */
export const NO_HEAD = '';

/** The hash of an event: over the hash of the one before it and its own content. */
export function eventHash(previous: string, event: LedgerEvent): string {
  return fingerprint(`${previous}\n${canonicalJson(event)}`);
}

/** The hash of what was planned: everything about a request that never changes. */
export function planHash(plan: PlannedRequest): string {
  const { id, action, mode, subject, reference, profile, operator, receivedOn, dueOn } = plan;
  const steps = plan.steps.map((step) => [
    step.id,
    step.provider,
    step.operation,
    step.account,
    step.subjectId,
    step.options,
  ]);
  const person = [subject.userId, subject.streamId, subject.sendbirdId];
  return fingerprint(
    canonicalJson([
      id,
      action,
      mode,
      person,
      reference,
      profile,
      operator,
      receivedOn,
      dueOn,
      plan.outDir,
      steps,
    ]),
  );
}
