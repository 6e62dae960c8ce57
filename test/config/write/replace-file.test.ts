import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replaceFile } from '../../../src/config/write/replace-file.ts';
import { failure, world } from '../world.ts';

const newId = (): string => '01K5';

describe('writing a configuration file', () => {
  it('makes it whole, with its mode whatever the umask, and leaves nothing beside it', async () => {
    const w = world();
    const path = join(w.root, 'file');
    const umask = process.umask(0o777);
    try {
      await replaceFile(path, { text: 'new', before: null, mode: 0o600 }, newId);
    } finally {
      process.umask(umask);
    }
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['new', 0o600]);
    expect(readdirSync(w.root).toSorted()).toEqual(['file', 'home', 'project']);
  });

  it('writes through a link, which stays one', async () => {
    const w = world();
    const real = w.file('dotfiles/gdprrc', '\uFEFFold');
    const link = join(w.home, '.gdprrc');
    symlinkSync(real, link);
    await replaceFile(link, { text: 'new', before: 'old', mode: 0o640 }, newId);
    expect([readFileSync(real, 'utf8'), statSync(real).mode & 0o777]).toEqual(['new', 0o640]);
    expect(readFileSync(link, 'utf8')).toBe('new');
  });

  it.each([
    { before: 'another', there: 'old' },
    { before: null, there: 'old' },
  ])('refuses where $there stands and $before is expected', async ({ before, there }) => {
    const w = world();
    const path = w.file('file', there);
    const error = await failure(replaceFile(path, { text: 'new', before, mode: 0o600 }, newId));
    expect(error).toMatchObject({ fault: 'guard', exit: 6 });
    expect(readFileSync(path, 'utf8')).toBe(there);
    expect(readdirSync(w.root).toSorted()).toEqual(['file', 'home', 'project']);
  });

  it('says which file it cannot write', async () => {
    const w = world();
    const folder = join(w.root, 'missing');
    const path = join(folder, 'file');
    const writing = replaceFile(path, { text: 'new', before: null, mode: 0o600 }, newId);
    const error = await failure(writing);
    expect(error).toMatchObject({ fault: 'storage', message: `Cannot write ${path} (ENOENT).` });
    expect(error.next).toContain('Nothing was written');
    mkdirSync(folder);
    chmodSync(folder, 0o700);
    symlinkSync('elsewhere', join(folder, '.file.01K5.part'));
    const again = replaceFile(path, { text: 'new', before: null, mode: 0o600 }, newId);
    expect(await failure(again)).toMatchObject({ message: `Cannot write ${path} (EEXIST).` });
  });
});
