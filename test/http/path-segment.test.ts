import { expect, test } from 'vitest';
import { pathSegment } from '../../src/http/json-answer.ts';

test.each([
  ['ada', 'ada'],
  ['a/b', 'a%2Fb'],
  ['a b', 'a%20b'],
  ['a?b#c', 'a%3Fb%23c'],
  ['...', '...'],
  ['ä', '%C3%A4'],
])('%j', (id, expected) => {
  expect(pathSegment(id)).toBe(expected);
});

test.each(['', '.', '..', 'a\uD800'])('%j never reaches the network', (id) => {
  expect(() => pathSegment(id)).toThrow(/cannot stand in a path/);
});
