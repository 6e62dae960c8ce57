import { expect, onTestFinished, test } from 'vitest';
import { type IdList, idList } from '../../src/subjects/scratch.ts';

function list(): IdList {
  const made = idList();
  onTestFinished(() => made.close());
  return made;
}

test('keeps ids once each, in the order in which they came', () => {
  const ids = list();
  ids.add(['c', 'a']);
  ids.add([]);
  ids.add(['a', 'b', 'c', 'd']);
  expect(ids.size).toBe(4);
  expect([...ids.ids(3)]).toEqual([['c', 'a', 'b'], ['d']]);
  expect([...ids.ids(3)].flat()).toEqual(['c', 'a', 'b', 'd']);
});

test('is empty at first', () => {
  expect(list().size).toBe(0);
  expect([...list().ids(10)]).toEqual([]);
});

test('hands out what is added during a walk', () => {
  const ids = list();
  ids.add(['a', 'b']);
  const seen: string[] = [];
  for (const page of ids.ids(1)) {
    seen.push(...page);
    if (seen.length === 1) ids.add(['c']);
  }
  expect(seen).toEqual(['a', 'b', 'c']);
});

test('may be closed twice', () => {
  const ids = idList();
  ids.close();
  expect(() => ids.close()).not.toThrow();
});
