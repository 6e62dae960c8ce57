import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Has a file, or a folder's list of names, on disk. */
export function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
