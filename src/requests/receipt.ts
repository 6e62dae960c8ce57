import { dueNow } from './deadline.ts';
import { isExport } from './operations.ts';
import type { Action, Artifact, ProviderName, Request, Step, StepError } from './request.ts';
import { type Leftover, partMode, streamPartsOf } from './stream-options.ts';
import { type Verification, notErased, verificationsOf } from './verification.ts';

/**
 * What a request does not reach, whatever its outcome (docs/spec.md 3; docs/providers/stream.md 2.4 and 2.6,
 * docs/providers/sendbird.md 2.7 and 7): one line each.
 */
function notCovered({ action, steps }: Pick<Request, 'action' | 'steps'>): readonly string[] {
  const of = (provider: Step['provider']): readonly Step[] =>
    steps.filter((step) => step.provider === provider && step.state !== 'unsupported');
  const lines: string[] = [];
  if (of('stream').length > 0) {
    lines.push('Stream: other apps than this one', ...notAsked(action, of('stream')));
  }
  if (of('sendbird').length > 0) {
    lines.push(
      'Sendbird: other applications than this one',
      'Sendbird Desk, Calls and Business Messaging',
    );
  }
  if (of('sendbird').some(({ operation }) => isExport(operation))) {
    lines.push("Sendbird: messages past the application's retention");
  }
  return lines;
}

function notAsked(action: Request['action'], steps: readonly Step[]): string[] {
  const find = (operation: Step['operation']): Step | undefined =>
    steps.find((step) => step.operation === operation);
  if (action === 'restore') return [];
  if (action === 'export') {
    return [
      ...(find('export_feeds') ? [] : ['Stream: feeds data']),
      ...(find('export_users') ? [] : ['Stream: chat and video data']),
    ];
  }
  const options = find('delete_users')?.options ?? {};
  const [account, ...optional] = streamPartsOf('delete_users');
  const isRemoved = account !== undefined && partMode(account, options) === 'hard';
  const parts = optional.flatMap((part) => {
    const mode = partMode(part, options);
    if (mode === null) return [`Stream: ${part.label}`];
    // What hides with the account is told as a whole.
    const isSofter = isRemoved && mode !== 'hard';
    return isSofter ? [`Stream: ${part.label} are hidden, not removed`] : [];
  });
  return [...(find('delete_feeds') ? [] : ['Stream: feeds data']), ...parts];
}

/** The evidence for one request, `gdpr-receipt/1` (docs/spec.md 7). Keys are always present. */
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
  extension: ReceiptExtension | null;
  closing: ReceiptClosing | null;
  bundle: string | null;
  not_covered: readonly string[];
  /** What an erase has left at Stream, hidden or untouched, where its deletions succeeded. */
  not_erased: readonly Leftover[];
  steps: readonly ReceiptStep[];
  verification: readonly VerificationRow[];
  ledger: { sequence: number; head: string };
}

/** That the deadline was extended; `due_on` of the receipt is its `until` then. */
export interface ReceiptExtension {
  until: string;
  first_due_on: string;
  reason: string;
  operator: string;
  at: string;
}

/** That the request was settled by hand. */
export interface ReceiptClosing {
  reason: string;
  operator: string;
  at: string;
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
  const { ledger } = request;
  return {
    schema: 'gdpr-receipt/1',
    request_id: request.id,
    action: request.action,
    mode: request.mode,
    erasure: erasureOf(request),
    state: request.state,
    subject: subjectOf(request),
    reference: request.reference,
    profile: request.profile,
    operator: request.operator,
    received_on: request.receivedOn,
    due_on: dueNow(request),
    created_at: iso(request.createdAt),
    finished_at: isoOrNull(request.finishedAt),
    extension: extensionOf(request),
    closing: closingOf(request),
    bundle: request.steps.some((step) => step.artifacts.length > 0) ? bundle : null,
    not_covered: notCovered(request),
    not_erased: notErased(request),
    steps: request.steps.map(receiptStep),
    verification: verificationsOf(request).map(verificationRow),
    ledger: { sequence: ledger.sequence, head: ledger.head },
  };
}

/** Whom it is about, as papers show it. */
export function subjectOf({ subject }: Pick<Request, 'subject'>): Receipt['subject'] {
  const { userId, streamId, sendbirdId } = subject;
  return { user_id: userId, stream_id: streamId, sendbird_id: sendbirdId };
}

/** As papers show it; null where there is none. */
export function extensionOf({ extension, dueOn }: Request): ReceiptExtension | null {
  if (extension === null) return null;
  const { until, reason, operator, at } = extension;
  return { until, first_due_on: dueOn, reason, operator, at: iso(at) };
}

/** As receipts show it; null where there is none. */
export function closingOf({ closing }: Request): ReceiptClosing | null {
  return closing === null ? null : { ...closing, at: iso(closing.at) };
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

/** As papers show it. */
export function errorOf(error: StepError): ReceiptStep['error'] {
  return {
    code: error.code,
    message: error.message,
    passing: error.passing,
    provider_code: error.providerCode,
    http_status: error.httpStatus,
  };
}

/**
 * What a completed erase has come to: erased is only who was deleted hard in every part. Who was gone
 * before and whose erase was softer is hidden: nobody can tell which way (docs/providers/stream.md 2.7).
 */
function erasureOf(request: Request): Receipt['erasure'] {
  if (request.action !== 'erase' || request.state !== 'completed') return null;
  return notErased(request).length > 0 ? 'hidden' : 'erased';
}

function verificationRow(of: Verification): VerificationRow {
  const { provider, check, before, result, shows, checkedAt } = of;
  return { provider, check, before, result, shows, checked_at: isoOrNull(checkedAt) };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** An instant (ms) as papers show it; null where there is none. */
export function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}
