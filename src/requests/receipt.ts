import { notCovered } from './coverage.ts';
import type { Action, Artifact, ProviderName, Request, Step, StepError } from './request.ts';
import { type Verification, isHard, verificationsOf } from './verification.ts';

/** The evidence for one request, `gdpr-receipt/1` (SPEC section 7). Keys are always present. */
export interface Receipt {
  schema: 'gdpr-receipt/1';
  request_id: string;
  action: Action;
  mode: Request['mode'];
  erasure: 'erased' | 'hidden' | null;
  state: Request['state'];
  subject: { user_id: string; stream_id: string | null; sendbird_id: string | null };
  reference: string | null;
  profile: string;
  operator: string;
  received_on: string;
  due_on: string;
  created_at: string;
  finished_at: string | null;
  bundle: string | null;
  not_covered: readonly string[];
  steps: readonly ReceiptStep[];
  verification: readonly VerificationRow[];
  ledger: { sequence: number; head: string };
}

/** One step as its receipt shows it. */
export interface ReceiptStep {
  provider: ProviderName;
  operation: Step['operation'];
  state: Step['state'];
  task_id: string | null;
  options: Step['options'];
  intended_at: string | null;
  accepted_at: string | null;
  finished_at: string | null;
  attempts: number;
  checks: number;
  subjects: number;
  note: string | null;
  error: {
    code: string;
    message: string;
    passing: boolean;
    provider_code: number | null;
    http_status: number | null;
  } | null;
  artifacts: readonly Artifact[];
}

/** What was looked at again, and before, as the receipt shows it. */
export type VerificationRow = Omit<Verification, 'checkedAt'> & { checked_at: string | null };

/**
 * The receipt of a request, from what the ledger has and nothing else. `bundle` is where its files
 * are; null while there is none.
 */
export function receiptOf(request: Request, bundle: string | null): Receipt {
  const { subject, ledger } = request;
  return {
    schema: 'gdpr-receipt/1',
    request_id: request.id,
    action: request.action,
    mode: request.mode,
    erasure: erasureOf(request),
    state: request.state,
    subject: {
      user_id: subject.userId,
      stream_id: subject.streamId,
      sendbird_id: subject.sendbirdId,
    },
    reference: request.reference,
    profile: request.profile,
    operator: request.operator,
    received_on: request.receivedOn,
    due_on: request.dueOn,
    created_at: iso(request.createdAt),
    finished_at: isoOrNull(request.finishedAt),
    bundle: request.steps.some((step) => step.artifacts.length > 0) ? bundle : null,
    not_covered: notCovered(request),
    steps: request.steps.map(receiptStep),
    verification: verificationsOf(request).map(verificationRow),
    ledger: { sequence: ledger.sequence, head: ledger.head },
  };
}

function receiptStep(step: Step): ReceiptStep {
  return {
    provider: step.provider,
    operation: step.operation,
    state: step.state,
    task_id: step.taskId,
    options: step.options,
    intended_at: isoOrNull(step.intendedAt),
    accepted_at: isoOrNull(step.acceptedAt),
    finished_at: isoOrNull(step.finishedAt),
    attempts: step.attempts,
    checks: step.checks,
    subjects: step.subjects,
    note: step.note,
    error: step.error === null ? null : errorOf(step.error),
    artifacts: step.artifacts,
  };
}

function errorOf(error: StepError): ReceiptStep['error'] {
  return {
    code: error.code,
    message: error.message,
    passing: error.passing,
    provider_code: error.providerCode,
    http_status: error.httpStatus,
  };
}

/**
 * What a completed erase has come to. What Stream did other than hard is hidden, also where it was
 * gone before: nobody can tell which way (api/stream.md 2.7).
 */
function erasureOf({ action, state, steps }: Request): Receipt['erasure'] {
  if (action !== 'erase' || state !== 'completed') return null;
  return steps.some((step) => isStreamDeletion(step) && !isHard(step) && step.state === 'succeeded')
    ? 'hidden'
    : 'erased';
}

function isStreamDeletion({ operation }: Step): boolean {
  return operation === 'delete_feeds' || operation === 'delete_users';
}

function verificationRow(of: Verification): VerificationRow {
  const { provider, check, before, result, shows, checkedAt } = of;
  return { provider, check, before, result, shows, checked_at: isoOrNull(checkedAt) };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}
