import { expect, onTestFinished, test } from 'vitest';
import { idList } from '../../src/subjects/id-list.ts';
import { type Scratch, openScratch } from '../../src/subjects/scratch.ts';

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
