import type { Request } from '../../requests/request.ts';
import { SOON, andMore, count, dueMark, figure, size } from '../words.ts';
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
    const words = [
      `${count(broken.count, 'record does', 'records do')} not hold, among ${all}:`,
      ...andMore(broken.told, broken.count, (more) => `and ${figure(more)} more.`),
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

/** What is known of a folder, or of the place where it would be made. */
interface Folder {
  path: string;
  /** Null: it is not there yet. */
  own: { mode: number; uid: number } | null;
  /** Why nothing can be written there; null: it can. */
  blocked: string | null;
  /** Bytes; null: it cannot be told. */
  free: number | null;
  /** The kind of network file system; null: none that is known. */
  network: string | null;
}

const OTHER_FOLDER = 'Name another folder with --state-dir or GDPR_STATE_DIR.';

/** The folder of the ledger, for the user `uid`. */
export function stateCheck({ path, own, blocked, network }: Folder, uid: number): Check {
  if (blocked !== null) {
    const what = own === null ? 'made' : 'written';
    return fault('state', `${path} cannot be ${what}: ${blocked}.`, OTHER_FOLDER);
  }
  if (network !== null) {
    const message = `${path} lies on a network file system (${network}), where a ledger breaks.`;
    return fault('state', message, OTHER_FOLDER);
  }
  if (own === null) return ok('state', `${path} is not there yet, and can be made`);
  if (own.uid !== uid && own.uid !== 0) {
    const message = `${path} belongs to another user (uid ${own.uid}), who can replace the ledger.`;
    return fault('state', message, `Run gdpr as that user. ${OTHER_FOLDER}`);
  }
  const mode = octal(own.mode);
  const next = `chmod 700 it. gdpr does so itself when it next writes there.`;
  if ((own.mode & 0o022) !== 0) {
    return fault('state', `${path} is ${mode}: others can replace the ledger.`, next);
  }
  return (own.mode & 0o077) === 0
    ? ok('state', `${path} is ${mode} and writable, on no network disk that is known`)
    : warning('state', `${path} is ${mode}: others can look into it.`, next);
}

/** How little space is worth a word, and how little is a fault; bytes. */
interface Need {
  little: number;
  least: number;
}

const MB = 1_000_000;
const LEDGER: Need = { little: 200 * MB, least: 20 * MB };
const BUNDLES: Need = { little: 2_000 * MB, least: 200 * MB };

/** The disk that holds the ledger. Whether it can be written is `stateCheck`'s to say. */
export function ledgerDiskCheck(folder: Folder): Check {
  return spaceCheck('disk.ledger', folder, LEDGER);
}

/** The disk that new bundles go to, and whether they can be written there. */
export function bundleDiskCheck(folder: Folder): Check {
  const { path, blocked } = folder;
  if (blocked === null) return spaceCheck('disk.bundles', folder, BUNDLES);
  const message = `bundles cannot be written to ${path}: ${blocked}.`;
  return fault('disk.bundles', message, 'Name another folder with --out.');
}

function spaceCheck(check: string, { path, free }: Folder, { little, least }: Need): Check {
  if (free === null) return warning(check, `how much space ${path} has cannot be told.`);
  const left = `${size(free)} free for ${path}`;
  if (free >= little) return ok(check, left);
  const next = `Make room: ${size(little)} or more.`;
  return free >= least
    ? warning(check, `only ${left}.`, next)
    : fault(check, `only ${left}: too little to work with.`, next);
}
