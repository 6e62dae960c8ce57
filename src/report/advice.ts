import type { Receipt, ReceiptStep } from '../requests/receipt.ts';
import { isExport, shellWord } from './words.ts';

/** How `gdpr resume` is called for the requests that a sentence is about. */
export type Resume = (requestIds: readonly string[], ...flags: string[]) => string;

/** What to do about requests in doubt: which way out there is depends on the operation (SPEC section 4). */
export function adviceInDoubt(receipts: readonly Receipt[], resume: Resume): string {
  const ids = (operations: readonly ReceiptStep['operation'][]): readonly string[] =>
    receipts
      .filter(({ steps }) =>
        steps.some((step) => step.state === 'in_doubt' && operations.includes(step.operation)),
      )
      .map((receipt) => receipt.request_id);
  const [stream, sendbird] = [ids(['delete_feeds', 'delete_users']), ids(['delete'])];
  const rest = ids(['export_feeds', 'export_users', 'access', 'restore_users']);
  const isElse = rest.length > 0 || (stream.length === 0 && sendbird.length === 0);
  return [
    ...(stream.length === 0
      ? []
      : [
          `Nothing is sent again by itself, and to delete twice does no harm unless somebody new has the id: ${resume(stream, '--resend')}`,
        ]),
    ...(sendbird.length === 0
      ? []
      : [
          `To search Sendbird's list again: ${resume(sendbird)}; to send the deletion again: ${resume(sendbird, '--resend')}`,
        ]),
    ...(isElse ? [`Nothing else is sent in the meantime: ${resume(rest)}`] : []),
  ].join(' ');
}

/** What is to be known of Stream deletions that were tried; empty where there are none. */
export function adviceOnTried(receipts: readonly Receipt[], resume: Resume): string[] {
  const tried = receipts.filter(({ steps }) =>
    steps.some(
      ({ provider, operation, state, attempts }) =>
        provider === 'stream' && !isExport(operation) && state === 'planned' && attempts > 0,
    ),
  );
  if (tried.length === 0) return [];
  const ids = tried.map((receipt) => receipt.request_id);
  return [
    `If the answer to a deletion was lost, gdpr resume sends it once more within an hour; later only: ${resume(ids, '--resend')}.`,
  ];
}

/** What to do about requests that have ended, and not all well. */
export function adviceOnEnded(receipts: readonly Receipt[], resume: Resume): string {
  const bad = receipts.filter(({ state }) => state === 'failed' || state === 'partial');
  if (bad.length === 0) {
    return 'Nothing was changed. Check the id, or give --stream-id or --sendbird-id.';
  }
  const ids = bad.map((receipt) => receipt.request_id);
  const kept = keptWords(bad);
  const steps = bad.flatMap((receipt) => receipt.steps);
  const cut = bad.find(isStoppedByExport);
  if (cut !== undefined) {
    return `${kept} The export is not whole, so the deletion was not sent. To delete all the same: gdpr erase ${shellWord(cut.subject.user_id)} --export-first --accept-partial-export, with the options of before.`;
  }
  if (steps.some(({ error }) => error?.passing === true)) {
    const contradicted = steps.some((step) => step.state === 'reported');
    return contradicted
      ? `${kept} To look again: ${resume(ids)}; to send it again: ${resume(ids, '--failed')}`
      : `${kept} To try the rest again: ${resume(ids)}`;
  }
  if (steps.some(({ error }) => error !== null)) {
    return `${kept} To try the rest again: ${resume(ids, '--failed')}`;
  }
  if (steps.every(({ state }) => state === 'unsupported')) {
    return 'Nothing came back; the receipt says why.';
  }
  return `${kept.replace(/\.$/, ';')} the receipt says what is missing.`;
}

/** What of the work stands, by the kind of it. */
function keptWords(receipts: readonly Receipt[]): string {
  const [first, ...others] = new Set(receipts.map(({ action }) => action));
  if (first === undefined || others.length > 0) return 'What was done stays as it is.';
  return {
    export: 'What arrived is kept.',
    erase: 'What was deleted stays deleted.',
    restore: 'What came back stays.',
  }[first];
}

/** Its exports have ended without a fault to repeat, and were not enough to delete on. */
function isStoppedByExport({ steps }: Receipt): boolean {
  return (
    steps.some(({ operation }) => isExport(operation)) &&
    steps.some(({ state }) => state === 'not_sent') &&
    steps.every(({ error }) => error === null)
  );
}
