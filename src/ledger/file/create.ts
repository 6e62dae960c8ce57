import { closeSync, linkSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { apply, sync } from '../migrations/migrate.ts';
import { APPLICATION_ID } from './header.ts';

/**
 * Puts an empty ledger at `file`, 0600: made whole in a folder of its own and then linked to its
 * name, so that nobody ever finds a half-made one. Where another process was faster, its ledger
 * stays.
 */
export function createLedgerFile(file: string, migrations: readonly string[]): void {
  const folder = dirname(file);
  const nursery = mkdtempSync(join(folder, 'ledger-new-'));
  try {
    const draft = join(nursery, 'ledger.sqlite');
    closeSync(openSync(draft, 'wx', 0o600));
    fill(draft, migrations);
    sync(draft);
    linkUnlessThere(draft, file);
    sync(folder);
  } finally {
    rmSync(nursery, { recursive: true, force: true });
  }
}

function fill(draft: string, migrations: readonly string[]): void {
  const db = new DatabaseSync(draft);
  try {
    db.exec(`PRAGMA application_id = ${String(APPLICATION_ID)}`);
    apply(db, migrations);
    db.exec('PRAGMA journal_mode = WAL');
  } finally {
    db.close();
  }
}

function linkUnlessThere(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
  }
}
