import type { Request } from '../../requests/request.ts';
import { SOON, dueMark } from '../due-words.ts';
import { count } from '../words.ts';
import { type Check, fault, ok, warning } from './check.ts';
import { octal } from './config.ts';

/** What a ledger was found to be. */
interface Ledger {
  file: string;
  version: number;
  current: boolean;
  mode: number;
  damage: readonly string[];
  orphans: number;
  requests: number;
  broken: { count: number; told: readonly string[] };
  whole: boolean;
}

const COPY = 'Keep the file, and put a copy from before in its place.';

/** The file of the ledger, then its records; null: there is none. */
export function ledgerChecks(ledger: Ledger | null): readonly Check[] {
  if (ledger === null) {
    return [
      ok('ledger', 'none yet: the first request makes it'),
      ok('ledger.events', 'none to verify yet'),
    ];
  }
  return [fileCheck(ledger), eventsCheck(ledger)];
}

function fileCheck({ file, version, current, mode, damage, orphans }: Ledger): Check {
  if (damage.length > 0) return fault('ledger', `${file} is damaged: ${damage.join('; ')}.`, COPY);
  if (orphans > 0) {
    const rows = count(orphans, 'row names', 'rows name');
    return fault('ledger', `${file}: ${rows} what is not there.`, COPY);
  }
  if ((mode & 0o077) !== 0) {
    const message = `${file} is ${octal(mode)}: others may read whom requests are about.`;
    return warning('ledger', message, 'chmod 600 it. gdpr does so itself when it next opens it.');
  }
  const age = current ? '' : ', which its next use brings up to date, and keeps a copy';
  return ok('ledger', `${file} is whole (version ${version}${age})`);
}

function eventsCheck({ requests, broken, whole }: Ledger): Check {
  const all = count(requests, 'request');
  if (broken.count > 0) {
    const more = broken.count - broken.told.length;
    const words = [
      `${count(broken.count, 'record does', 'records do')} not hold, among ${all}:`,
      ...broken.told,
      ...(more > 0 ? [`and ${count(more, 'more', 'more')}.`] : []),
    ];
    const next = 'Do not rely on these; compare with a copy of the ledger from before.';
    return fault('ledger.events', words.join('\n'), next);
  }
  return whole
    ? ok('ledger.events', `${all}, and every chain of events holds`)
    : warning('ledger.events', `${all} verified, then it was stopped.`);
}

/** What presses: unsettled requests, and of those the first. */
interface Pressing {
  overdue: number;
  soon: number;
  first: Request | null;
}

/** What is overdue and what is due soon; null: there is no ledger. `today` is `YYYY-MM-DD`. */
export function overdueCheck(pressing: Pressing | 'older' | null, today: string): Check {
  if (pressing === null) return ok('overdue', 'nothing: there is no request yet');
  if (pressing === 'older') {
    const message = 'not counted: the ledger is of an older version.';
    return warning('overdue', message, 'gdpr status brings it up to date and counts.');
  }
  const { overdue, soon, first } = pressing;
  const mark = first === null ? null : dueMark(first, today);
  const most = first === null || mark === null ? '' : ` The most urgent: ${first.id}, ${mark}.`;
  const next = 'See them: gdpr status';
  const due = `${soon} due within ${SOON} days`;
  if (overdue > 0) {
    const late = count(overdue, 'unsettled request is', 'unsettled requests are');
    return fault('overdue', `${late} overdue, ${due}.${most}`, next);
  }
  return soon > 0
    ? warning('overdue', `nothing; ${due}.${most}`, next)
    : ok('overdue', `nothing, nor is anything due within ${SOON} days`);
}
