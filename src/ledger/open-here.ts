import { statSync } from 'node:fs';

/**
 * The ledgers that this process has open, by device and inode. Closing any descriptor of such a
 * file would drop the locks that SQLite has on it (https://www.sqlite.org/howtocorrupt.html,
 * section 2.2), so it must not be opened by other means.
 */
const open = new Map<string, number>();

export function isOpenHere(file: string): boolean {
  return open.has(identityOf(file));
}

/** Notes that SQLite has the file open; what it answers ends that. */
export function noteOpen(file: string): () => void {
  const identity = identityOf(file);
  open.set(identity, (open.get(identity) ?? 0) + 1);
  return () => {
    const others = (open.get(identity) ?? 1) - 1;
    if (others > 0) open.set(identity, others);
    else open.delete(identity);
  };
}

function identityOf(file: string): string {
  const { dev, ino } = statSync(file);
  return `${String(dev)}:${String(ino)}`;
}
