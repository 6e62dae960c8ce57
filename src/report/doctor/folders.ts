import { size } from '../words.ts';
import { type Check, fault, ok, warning } from './check.ts';
import { octal } from './config.ts';

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
