import type { Receipt } from '../../../src/requests/receipt.ts';
import { type Evidence, type Violation, documentsOf } from '../evidence.ts';

type Step = Receipt['steps'][number];

/** States in which a step has done what it could. */
const GOOD = new Set(['succeeded', 'not_found', 'unsupported', 'already_active', 'cancelled']);

/** With no faults left, every request has come to its right end, and none is missing or broken. */
export function checkEnds(evidence: Evidence): Violation[] {
  const { receipts, tasks } = evidence;
  const endless = new Set(tasks.flatMap(({ id, endsAt }) => (endsAt === null ? [id] : [])));
  return [
    ...ofRecords(evidence),
    ...receipts.flatMap((receipt) =>
      receipt.steps
        .filter((step) => !isRight(step, receipt, endless))
        .map((step) => ({
          check: 'ends',
          requestId: receipt.request_id,
          what: `${receipt.action} of ${receipt.subject.user_id} (${receipt.state}): ${describe(step)}`,
        })),
    ),
    ...receipts
      .filter((receipt) => isUnasked(receipt, evidence))
      .map((receipt) => ({
        check: 'ends',
        requestId: receipt.request_id,
        what: 'a step of it is cancelled, and nobody asked for that',
      })),
    ...receipts.filter(isMisnamed).map((receipt) => ({
      check: 'ends',
      requestId: receipt.request_id,
      what: `${receipt.state}, and its steps are ${receipt.steps.map(({ state }) => state).join(', ')}`,
    })),
  ];
}

/** Each request can be read, its chain of events verified: status says so for all of them. */
function ofRecords({ settling, receipts, chains }: Evidence): Violation[] {
  const last = settling.at(-1);
  const listed = documentsOf<{ schema: 'gdpr-status/1'; request_id: string }>(
    last?.out ?? '',
    'gdpr-status/1',
  );
  const missing = listed.filter(
    ({ request_id: id }) => !receipts.some((receipt) => receipt.request_id === id),
  );
  const broken = last?.err.includes('"ledger"') === true ? [last.err] : [];
  const torn = receipts.filter(({ request_id: id, ledger }) => {
    const { sequences = [], head = '' } = chains.get(id) ?? {};
    const isWhole = sequences.every((sequence, index) => sequence === index + 1);
    return !isWhole || sequences.length !== ledger.sequence || !ledger.head.endsWith(head);
  });
  return [
    ...torn.map(({ request_id: requestId, ledger }) => ({
      check: 'chain',
      requestId,
      what: `its events do not end at ${ledger.sequence}, ${ledger.head}`,
    })),
    ...broken.map((what) => ({ check: 'chain', requestId: null, what })),
    ...missing.map(({ request_id: requestId }) => ({
      check: 'chain',
      requestId,
      what: 'it is listed, and no receipt was printed for it',
    })),
  ];
}

function describe({ provider, operation, state, note, error, task_id: task }: Step): string {
  const why = error === null ? '' : ` (${error.code}: ${error.message})`;
  return `${provider} ${operation} is ${state}${why}; task ${task}; note: ${note}`;
}

/** Whether a step may rest as it is: done, or held up by what never ends or never comes whole. */
function isRight(step: Step, { steps }: Receipt, endless: ReadonlySet<string>): boolean {
  if (GOOD.has(step.state)) return true;
  const isEndless = (each: Step): boolean =>
    each.state === 'accepted' && endless.has(each.task_id ?? '');
  if (isEndless(step)) return true;
  if (step.state === 'planned') return steps.some(isEndless);
  return step.state === 'not_sent' && steps.some(isInTheWay);
}

/** An export that is not whole, or found nobody of whom there was something; what was withdrawn. */
function isInTheWay(step: Step): boolean {
  if (step.state === 'cancelled') return true;
  return isExport(step) && (step.state === 'not_found' || isCut(step));
}

function isCut({ note }: Step): boolean {
  return note?.includes('may be cut') === true;
}

function isExport({ operation }: Step): boolean {
  return /^(export|access)/.test(operation);
}

function isUnasked({ request_id: id, steps }: Receipt, { played }: Evidence): boolean {
  if (!steps.some(({ state }) => state === 'cancelled')) return false;
  return !played.some(
    ({ command, ended }) => command.order === 'cancel' && ended.args.includes(id),
  );
}

/** A request that calls itself completed although a step of it is not good, or only cut. */
function isMisnamed({ state, steps }: Receipt): boolean {
  const isSpoilt = steps.some((step) => !GOOD.has(step.state) || isCut(step));
  return state === 'completed' && isSpoilt;
}
