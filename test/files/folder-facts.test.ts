import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folderFacts, networkDisk } from '../../src/files/folder.ts';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'gdpr-facts-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}

test('a folder that stands: mode, owner, space', async () => {
  const dir = folder();
  chmodSync(dir, 0o750);
  const facts = await folderFacts(dir);
  expect(facts).toMatchObject({
    path: dir,
    nearest: dir,
    own: { mode: 0o750, uid: process.getuid?.() },
    blocked: null,
  });
  expect(facts.free).toBeGreaterThan(0);
});

test('one that is not there yet: the nearest above tells', async () => {
  const dir = folder();
  const path = join(dir, 'a', 'b');
  expect(await folderFacts(path)).toMatchObject({ path, nearest: dir, own: null, blocked: null });
});

test.each(['file', 'file/below/it'])('%s is no folder', async (name) => {
  const dir = folder();
  writeFileSync(join(dir, 'file'), '');
  const { blocked } = await folderFacts(join(dir, name));
  expect(blocked).toBe(`${join(dir, 'file')} is not a folder`);
});

test('one that cannot be written', async () => {
  if (process.getuid?.() === 0) return;
  const dir = folder();
  mkdirSync(join(dir, 'shut'), { mode: 0o500 });
  const { blocked } = await folderFacts(join(dir, 'shut', 'below'));
  expect(blocked).toMatch(/permission is missing/);
});

test('a loop of links is told in words', async () => {
  const dir = folder();
  const { symlinkSync } = await import('node:fs');
  symlinkSync('loop', join(dir, 'loop'));
  expect((await folderFacts(join(dir, 'loop'))).blocked).toBe('it is a symbolic link');
});

test.each([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [-11317950, 'CIFS'],
  [0xef53, null],
  [0x01021994, null],
])('statfs type %i is %s', (type, name) => {
  expect(networkDisk(type)).toBe(name);
});
