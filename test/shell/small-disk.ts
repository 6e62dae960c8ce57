import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Whether this machine lets a test mount a small disk (root in a container, usually). */
export function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'gdpr-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder]);
  if (mounted.status === 0) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return mounted.status === 0;
}

/** A disk of this size (`300m`) of its own; gone with the test. */
export function smallDisk(size: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gdpr-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true });
  });
  return folder;
}
