import { closeSync, mkdtempSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sync } from './sync.ts';
import { versionOf } from './version.ts';

/**
 * Keeps the ledger as it is beside itself, 0600, before it is migrated; answers with the copy's
 * path. A copy appears whole or not at all. One that already shows a newer version (another
 * process migrated meanwhile) is dropped: that process has kept the right one.
 */
export function keepCopy(db: DatabaseSync, file: string, version: number): string {
  const kept = `${file}.v${String(version)}.bak`;
  const nursery = mkdtempSync(join(dirname(file), 'ledger-copy-'));
  try {
    const draft = join(nursery, 'ledger.sqlite');
    closeSync(openSync(draft, 'wx', 0o600));
    db.prepare('VACUUM INTO ?').run(draft);
    if (versionInside(draft) === version) {
      sync(draft);
      renameSync(draft, kept);
      sync(dirname(file));
    }
    return kept;
  } finally {
    rmSync(nursery, { recursive: true, force: true });
  }
}

function versionInside(file: string): number {
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    return versionOf(copy);
  } finally {
    copy.close();
  }
}
