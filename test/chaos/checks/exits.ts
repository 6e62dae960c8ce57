import type { Receipt } from '../../../src/requests/receipt.ts';
import { type Evidence, type Violation, documentsOf, receiptsOf } from '../evidence.ts';
import type { Played } from '../play.ts';
import type { Ended } from '../world.ts';

interface Fault {
  schema: 'gdpr-error/1';
  code: string;
  exit: number;
  message: string;
  next: string;
}

const SIGNALS: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Faults of gdpr or of this machine, which nothing here causes. */
const NEVER = new Set(['internal', 'ledger', 'storage', 'account', 'config', 'unknown_request']);

/** Every exit code against docs/spec.md 5 and the receipts that were printed with it. */
export function checkExits({ played, settling, world }: Evidence): Violation[] {
  return [
    ...played.flatMap((each) => [
      ...ofEnded(each.ended, each),
      ...ofRefusal(each, world.log.slice(...each.calls)),
    ]),
    ...settling.flatMap((ended) => ofEnded(ended, null)),
  ].map(({ what, ended }) => ({
    check: 'exit code',
    requestId: receiptsOf(ended)[0]?.request_id ?? null,
    what: `${what}: gdpr ${ended.args.join(' ')} -> ${ended.code ?? ended.signal}; ${ended.err.trim()}`,
  }));
}

interface Finding {
  what: string;
  ended: Ended;
}

function ofEnded(ended: Ended, played: Played | null): Finding[] {
  const { code, signal } = ended;
  const sent = played?.sent ?? [];
  const finding = (what: string): Finding[] => [{ what, ended }];
  if (code === null || code >= 128) {
    const isOurs = sent.some((each) => each === signal || SIGNALS[each] === code);
    return isOurs ? [] : finding('ended by a signal that nobody sent');
  }
  const fault = documentsOf<Fault>(ended.err, 'gdpr-error/1').at(-1) ?? null;
  const bad = unsaid(code, fault);
  if (bad !== null) return finding(bad);
  const [name] = ended.args;
  const says =
    name === 'status' || name === 'cancel'
      ? OWN[name](ended, code)
      : ofReceipts(ended, code, fault?.code ?? null, played);
  return says.flatMap(finding);
}

/** Commands with codes of their own. */
const OWN = {
  cancel: ofCancel,
  status: (_ended: Ended, code: number): string[] =>
    [0, 3, 7, 8, 9].includes(code) ? [] : ['not a code of status'],
};

/** 0: all that was open is withdrawn, so nothing is open any more. */
function ofCancel(ended: Ended, code: number): string[] {
  const states = receiptsOf(ended).map(({ state }) => state);
  const isOpen = states.some((state) => state === 'open' || state === 'in_doubt');
  if (code === 0 && (isOpen || states.length === 0)) return ['not all of it is withdrawn'];
  return [0, 1, 3, 4, 5, 6, 7, 8].includes(code) ? [] : ['not a code of cancel'];
}

/** Whether the last words are missing or do not fit, or tell of what nobody caused here. */
function unsaid(code: number, fault: Fault | null): string | null {
  if (fault !== null && NEVER.has(fault.code)) return `a fault "${fault.code}"`;
  const isSaid = code === 0 || (fault !== null && fault.exit === code && fault.next !== '');
  return isSaid ? null : 'no last words that name the code and a next step';
}

/** What the receipts say about the code; without receipts, what the fault says. */
function ofReceipts(
  ended: Ended,
  code: number,
  fault: string | null,
  played: Played | null,
): string[] {
  const receipts = receiptsOf(ended);
  if (receipts.length === 0) return ofNothing(ended, code, fault);
  const may = mayBe(receipts);
  if (!may.includes(code)) {
    const states = [...new Set(receipts.map(({ state }) => state))].join(', ');
    return [`the receipts (${states}) allow ${may.join(', ')}`];
  }
  const faults = played?.faults ?? [];
  const denied = faults.some((each) => each.startsWith('unauthorized'));
  if (code === 4 && !denied) return ['no credentials were refused'];
  if (code === 5 && faults.length === 0) return ['every provider was well'];
  if (code === 0 && receipts.some(isContradicted)) return ['a check contradicts it'];
  return [];
}

function ofNothing({ err, out, args }: Ended, code: number, fault: string | null): string[] {
  if (code === 0) {
    const isFine =
      /Nothing (?:is open\.|goes on by itself)/.test(err) || args.includes('--dry-run');
    return isFine ? [] : ['success, and nothing to show for it'];
  }
  const fits: Readonly<Record<number, readonly string[]>> = {
    4: ['credentials'],
    5: ['unavailable'],
    6: ['guard'],
    8: ['not_finished'],
  };
  return fits[code]?.includes(fault ?? '') === true && out === '' ? [] : ['an end nobody expects'];
}

/** docs/spec.md 5, from the states alone: never from counts. */
function mayBe(receipts: readonly Receipt[]): number[] {
  const states = receipts.map(({ state }) => state);
  if (states.includes('in_doubt')) return [4, 7];
  if (states.includes('open')) return [4, 5, 8];
  if (states.every((state) => state === 'completed')) return [0];
  return states.some((state) => state === 'completed' || state === 'partial') ? [3] : [1];
}

function isContradicted({ verification }: Receipt): boolean {
  return verification.some(({ result }) => result === 'still_visible');
}

/** What a guard refused must have sent nothing; it is alone where that can be seen. */
function ofRefusal(
  { ended, together, command, begunAt }: Played,
  log: readonly { operation: string; method: string; at: string }[],
): Finding[] {
  const works = log.some(
    ({ operation, at }) =>
      at >= begunAt && /^(delete|export|restore|register|cancel)/.test(operation),
  );
  if (!together && (ended.code === 6 || ended.code === 2) && works) {
    return [{ what: 'refused, and something was sent', ended }];
  }
  if (ended.code === 2) return [{ what: 'a usage fault', ended }];
  const isDry = command.args.includes('--dry-run');
  if (command.order !== 'refused' || ended.code === null) return [];
  return ended.code === (isDry ? 0 : 6) ? [] : [{ what: 'not refused', ended }];
}
