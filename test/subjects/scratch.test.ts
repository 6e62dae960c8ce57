import { mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Scratch, idList, openScratch } from '../../src/subjects/scratch.ts';

function scratch(): Scratch {
  const made = openScratch('PRAGMA max_page_count = 20; CREATE TABLE t (x TEXT);');
  onTestFinished(() => made.close());
  return made;
}

test('a disk without room is told, with what to do', () => {
  const made = scratch();
  const insert = made.sql('INSERT INTO t VALUES (?)');
  const fill = (): unknown => made.work(() => insert.run('x'.repeat(200_000)));
  expect(fill).toThrow(
    expect.objectContaining({
      fault: 'storage',
      exit: 8,
      message: 'The temporary table failed: database or disk is full.',
      next: expect.stringContaining('TMPDIR'),
    }),
  );
});

test('temporary files are made in the folder that is named, private and without a name', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gdpr-scratch-')));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const made = openScratch('CREATE TABLE t (x TEXT);', folder);
  onTestFinished(() => made.close());
  made.sql('INSERT INTO t VALUES (?)').run('x'.repeat(10_000_000));
  const open = readdirSync('/proc/self/fd').filter((fd) => leadsInto(folder, fd));
  expect(open).toHaveLength(1);
  expect(statSync(`/proc/self/fd/${open[0]}`).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual([]);
});

test.each(['missing', "it's missing"])('a folder that is %s is done without', (name) => {
  const made = openScratch('CREATE TABLE t (x TEXT);', join(tmpdir(), name));
  onTestFinished(() => made.close());
  const { changes } = made.sql('INSERT INTO t VALUES (?)').run('x'.repeat(10_000_000));
  expect(changes).toBe(1);
});

function leadsInto(folder: string, fd: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
  } catch {
    return false;
  }
}

test('what is no failure of the database is thrown as it is', () => {
  const thrown = new Error('mine');
  const work = (): never => {
    throw thrown;
  };
  expect(() => scratch().work(work)).toThrow(thrown);
});

test('a database is not shared', () => {
  const [one, two] = [idList(), idList()];
  one.add(['a']);
  expect([...two.ids(1)]).toEqual([]);
  one.close();
  two.close();
});
