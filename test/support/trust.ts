import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Trusts a project's file as it is now, for a user with this home: what `gdpr init --trust` leaves. */
export function trust(file: string, home: string): string {
  const path = realpathSync(file);
  const folder = join(home, '.config', 'gdpr', 'trusted');
  const record = join(folder, `${sha256(path)}.json`);
  const trusted = { schema: 'gdpr-trusted/1', path, sha256: sha256(readFileSync(file)) };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(record, `${JSON.stringify(trusted)}\n`, { mode: 0o600 });
  return record;
}

function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
