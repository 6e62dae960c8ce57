import { hash } from 'node:crypto';
import { canonicalJson } from '../../requests/canonical.ts';
import type { Confirmation } from '../../requests/confirmation.ts';
import type {
  Closing,
  Extension,
  Finding,
  PlannedRequest,
  PlannedStep,
  RequestState,
  StepState,
} from '../../requests/request.ts';

export const EVENT_KINDS = [
  'intake',
  'confirmed',
  'extended',
  'closed',
  'request',
  'step',
  'artifact',
  'check',
] as const;

/**
 * What happened to a request: it came in (`sha256` is that of its plan), somebody confirmed it
 * (`sha256` is that of who, how and when), its deadline was extended or it was closed by hand
 * (`sha256` is that of why, by whom and when), it came into a state, a step came into a state, a file
 * of a step arrived (`ordinal` counts from 1 at each collection), looking again has shown `state`.
 * Never a user id, never free text. No field is ever added: the hashes of old events hold.
 */
export interface LedgerEvent {
  requestId: string;
  /** From 1, without holes. */
  sequence: number;
  at: number;
  kind: (typeof EVENT_KINDS)[number];
  stepId: string | null;
  state: RequestState | StepState | Finding | null;
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

/** That somebody said yes to a request, and when (ms). */
export type Confirmed = Confirmation & { at: number };

/** What the first event of a chain follows. */
export const NO_HEAD = '';

/**
 * The hash of an event: over the hash of the one before it and its own content as canonical JSON,
 * which is spelled out here since nothing is asked for as often: the keys stand in their order.
 */
export function eventHash(previous: string, event: LedgerEvent): string {
  const content = JSON.stringify({
    at: event.at,
    bytes: event.bytes,
    callId: wellFormed(event.callId),
    errorCode: wellFormed(event.errorCode),
    kind: event.kind,
    ordinal: event.ordinal,
    requestId: event.requestId.toWellFormed(),
    sequence: event.sequence,
    sha256: wellFormed(event.sha256),
    state: event.state,
    stepId: wellFormed(event.stepId),
    taskId: wellFormed(event.taskId),
  });
  return fingerprint(`${previous}\n${content}`);
}

function wellFormed(text: string | null): string | null {
  return text === null ? null : text.toWellFormed();
}

/**
 * The hash of what was planned: everything about a request that never changes, `identity` (the hash
 * that the ledger keeps of it) included. What is not given is left out, so that requests without it
 * stay what older versions wrote.
 */
export function planHash(plan: PlannedRequest, identity: string | null): string {
  const { id, action, mode, subject, reference, profile, operator, receivedOn, dueOn } = plan;
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
      plan.steps.map(fixed),
      ...(plan.acceptPartial === true ? [true] : []),
      ...(identity === null ? [] : [identity]),
    ]),
  );
}

/** A note is fixed only with a step that ends as it comes in: another gets new ones on its way. */
function fixed(step: PlannedStep): readonly unknown[] {
  const { before = null, earlier = null, state = 'planned', note = null } = step;
  const end = state === 'planned' ? null : [state, note];
  return [
    step.id,
    step.provider,
    step.operation,
    step.account,
    step.subjectId,
    step.options,
    ...(before === null && earlier === null && end === null ? [] : [before, earlier, end]),
  ];
}

/** What the event `confirmed` holds. */
export function confirmationHash({ operator, how, at }: Confirmed): string {
  return fingerprint(canonicalJson([operator, how, at]));
}

/** What the event `extended` holds. */
export function extensionHash({ until, reason, operator, at }: Extension): string {
  return fingerprint(canonicalJson([until, reason, operator, at]));
}

/** What the event `closed` holds. */
export function closingHash({ reason, operator, at }: Closing): string {
  return fingerprint(canonicalJson([reason, operator, at]));
}

/** `sha256:` and 64 hexadecimal digits. */
export function fingerprint(text: string): string {
  return `sha256:${digest(text)}`;
}

/** SHA-256 of a text as UTF-8, 64 hexadecimal digits. */
export function digest(text: string): string {
  return hash('sha256', text, 'hex');
}
