import { isExport, operationsOf } from '../../requests/operations.ts';
import { type Receipt, type ReceiptStep, receiptOf } from '../../requests/receipt.ts';
import type { Request } from '../../requests/request.ts';
import type { Sample } from '../../requests/sample.ts';
import { tallied } from '../../requests/state.ts';
import { eraseWords, sameFlags } from '../plan/erase-command.ts';
import { subjectName } from '../receipt/receipt-text.ts';
import { count, figure, inWords, list, shellWord } from '../words.ts';
import { type RunOutcome, isUntouched, runOutcomeOf } from './outcome.ts';

/** How `gdpr resume` is called for the requests that a sentence is about. */
export type Resume = (requestIds: readonly string[], ...flags: string[]) => string;

/** How commands are called, with the profile and the ledger of this run. */
export interface Commands {
  resume: Resume;
  /** Any other, from its name on. */
  of: (words: string) => string;
}

/** What to do about requests in doubt: which way out there is depends on the operation (docs/spec.md 4). */
export function adviceInDoubt(receipts: readonly Receipt[], resume: Resume): string {
  const ids = (operations: readonly ReceiptStep['operation'][]): readonly string[] =>
    receipts
      .filter(({ steps }) =>
        steps.some((step) => step.state === 'in_doubt' && operations.includes(step.operation)),
      )
      .map((receipt) => receipt.request_id);
  const [stream, sendbird] = [ids(['delete_feeds', 'delete_users']), ids(['delete'])];
  const rest = ids([...operationsOf({ does: 'export' }), 'restore_users']);
  const isElse = rest.length > 0 || (stream.length === 0 && sendbird.length === 0);
  const ways = [
    stream.length > 0 &&
      `Nothing is sent again by itself, and to delete twice does no harm unless somebody new has the id: ${resume(stream, '--resend')}`,
    sendbird.length > 0 &&
      `To search Sendbird's list again: ${resume(sendbird)}; to send the deletion again: ${resume(sendbird, '--resend')}`,
    isElse && `Nothing else is sent in the meantime: ${resume(rest)}`,
  ];
  return ways.filter((way) => way !== false).join(' ');
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

/**
 * What was done by requests that have ended, and not all well, and what to do about the others. A
 * command stands last, so that it can be copied.
 */
export function adviceOnEnded(runOutcome: RunOutcome, commands: Commands): string {
  const { tally, unsettled, settled } = runOutcome;
  const bad = unsettled.filter(({ state }) => state === 'failed' || state === 'partial');
  const done = settled.filter(({ state }) => state === 'completed');
  if (bad.length === 0 && tally.completed === 0) {
    if (tally.not_found === 0) return 'The receipt says what was done.';
    return runOutcome.untouched === tallied(tally)
      ? `Nothing was changed. ${CHECK}`
      : notFoundWords(runOutcome).join(' ');
  }
  if (bad.length > 0 && bad.every(isUnsupported) && tally.completed === 0) {
    return 'Nothing came back; the receipt says why.';
  }
  return [
    ...(tally.completed === 0
      ? []
      : [`${figure(tally.completed)} of ${figure(tallied(tally))} completed.`]),
    keptWords([...bad, ...done]),
    ...notFoundWords(runOutcome),
    ...adviceOnBad(bad, tally.failed + tally.partial, commands),
  ].join(' ');
}

/** `number`: how many there are, of which `bad` are the first. */
function adviceOnBad(bad: readonly Receipt[], number: number, commands: Commands): string[] {
  const stopped = bad.filter(isStoppedByExport);
  const rest = bad.filter((receipt) => !isStoppedByExport(receipt));
  const first = rest.length === 0 ? [] : [adviceOnRest(rest, commands)];
  if (stopped.length === 0) return first;
  const then = adviceOnCut(stopped, number > bad.length, commands);
  return [
    'The export is not whole, so the deletion was not sent.',
    ...(rest.length === 0 ? [`To ${then}`] : [`${first.join('')}; to ${then}`]),
  ];
}

const CHECK = 'Check the id, or give --stream-id or --sendbird-id.';

/** What was changed of those who were not found: nothing, or what the receipt says. */
function notFoundWords({ tally, settled, untouched }: RunOutcome): string[] {
  if (tally.not_found === 0) return [];
  const all = settled.filter(({ state }) => state === 'not_found');
  const taken = tally.not_found - untouched;
  const [none, some] = [all.filter(isUntouched), all.filter((each) => !isUntouched(each))];
  return [
    ...(untouched === 0 ? [] : [`Of ${names(untouched, none)} nothing was changed.`]),
    ...(taken === 0
      ? []
      : [`Of ${names(taken, some)} a call was taken on, or may have been: see the receipt.`]),
    CHECK,
  ];
}

/** Who they are, where there are few, and all at hand. */
function names(number: number, of: readonly Receipt[]): string {
  return number <= 5 && of.length === number
    ? list(of.map(({ subject }) => subjectName(subject.user_id)))
    : `${figure(number)} people`;
}

function adviceOnRest(receipts: readonly Receipt[], { resume }: Commands): string {
  const ids = receipts.map((receipt) => receipt.request_id);
  const steps = receipts.flatMap((receipt) => receipt.steps);
  if (steps.some(({ error }) => error?.passing === true)) {
    const contradicted = steps.some((step) => step.state === 'reported');
    return contradicted
      ? `To look again: ${resume(ids)}; to send it again: ${resume(ids, '--failed')}`
      : `To try the rest again: ${resume(ids)}`;
  }
  return steps.some(({ error, state }) => error !== null || state === 'no_data')
    ? `To try the rest again: ${resume(ids, '--failed')}`
    : 'The receipt says what is missing.';
}

/** `isMore`: there are others behind these, and nobody has counted them. */
function adviceOnCut(receipts: readonly Receipt[], isMore: boolean, commands: Commands): string {
  const [first] = receipts;
  if (first === undefined) return '';
  const all = isMore ? 'them' : `the ${receipts.length}`;
  const others = receipts.length > 1 || isMore ? ` (the same for each of ${all})` : '';
  const out = first.bundle?.replace(/\/[^/]*$/, '') ?? null;
  const after = [
    ...sameFlags(first),
    '--export-first',
    '--accept-partial-export',
    ...(out === null ? [] : ['--out', shellWord(out)]),
  ];
  return `delete all the same${others}: ${commands.of(eraseWords(first.subject, { after }))}`;
}

/** What of the work stands, by the kind of it. */
function keptWords(receipts: readonly Receipt[]): string {
  const [first, ...others] = new Set(receipts.map(({ action }) => action));
  if (first === undefined || others.length > 0) return 'What was done stays as it is.';
  if (first === 'export') return 'What arrived is kept.';
  if (first === 'restore') return 'What came back stays.';
  const steps = receipts.flatMap((receipt) => receipt.steps);
  const isTried = steps.some(({ operation, attempts }) => !isExport(operation) && attempts > 0);
  if (isTried) return 'What was deleted stays deleted.';
  return steps.some(({ artifacts }) => artifacts.length > 0)
    ? 'What arrived is kept; nothing was deleted.'
    : 'Nothing was deleted.';
}

function isUnsupported({ steps }: Receipt): boolean {
  return steps.every(({ state }) => state === 'unsupported');
}

/** Its exports have ended without a fault to repeat, and were not enough to delete on. */
function isStoppedByExport({ steps }: Receipt): boolean {
  return (
    steps.some(({ operation }) => isExport(operation)) &&
    steps.some(({ state }) => state === 'not_sent') &&
    steps.every(({ error }) => error === null)
  );
}

/** So many are named. */
const NAMED = 5;

/** Whose deletion did not leave, because the profile protects them. */
export function guardMessage({ first, number }: Sample<Receipt>): string {
  const named = first.slice(0, NAMED).map(({ subject }) => subjectName(subject.user_id));
  const more = number > named.length ? ` and ${figure(number - named.length)} more` : '';
  return `Refused: protected by erase.protected in the profile ${first[0]?.profile}: ${named.join(', ')}${more}.`;
}

/** What is safe, and what can be done about it. */
export function guardAdvice({ first }: Sample<Receipt>, commands: Commands): string {
  const unsent = first.filter(({ state }) => state !== 'in_doubt').map((each) => each.request_id);
  const then = unsent.length === 0 ? '' : `, and then ${commands.resume(unsent, '--failed')}`;
  return `Their deletion was not sent; the rest was carried on. Only a change of the profile allows it${then}; ${byHand(String(first[0]?.request_id), commands)}`;
}

/** How many requests are shown one by one. */
export const SHOWN_LEFT = 10;

/**
 * What is unsettled although nothing goes on by itself, and what can be done about each; `number`:
 * how many there are, `requests`: the most urgent of them.
 */
export function leftText(requests: readonly Request[], number: number, commands: Commands): string {
  const lines = requests.flatMap((request) => {
    const who = `${request.action} of ${subjectName(request.subject.userId)}`;
    return [
      `  ${request.id}  ${who} (${inWords(request.state)})`,
      `    ${adviceOnUnsettled(request, commands)}`,
      `    ${byHand(request.id, commands)}`,
    ];
  });
  const more = number - requests.length;
  return [
    `Nothing goes on by itself, and ${count(number, 'request is', 'requests are')} unsettled:`,
    ...lines,
    ...(more > 0 ? [`  and ${count(more, 'request')} more: ${commands.of('status')}`] : []),
  ].join('\n');
}

/** What can be done about one request that has ended and is not settled. */
export function adviceOnUnsettled(request: Request, commands: Commands): string {
  const { id, outDir, state } = request;
  const receipt = receiptOf(request, outDir === null ? null : `${outDir}/${id}`);
  return state === 'in_doubt'
    ? adviceInDoubt([receipt], commands.resume)
    : adviceOnEnded(runOutcomeOf([receipt]), commands).replace(/\.$/, '');
}

/** How a request is settled by hand. */
export function byHand(id: string, { of }: Commands): string {
  return `to settle it by hand: ${of(`close ${id} --reason <text>`)}`;
}
