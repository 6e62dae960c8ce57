import { expect, test } from 'vitest';
import { count, duration, list, size } from '../../src/report/words.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 KB'],
  [812_000, '812 KB'],
  [99_499, '99.5 KB'],
  [999_499, '999 KB'],
  [999_500, '1.0 MB'],
  [1_234_567, '1.2 MB'],
  [5e12, '5.0 TB'],
  [5e15, '5000 TB'],
])('%d bytes are %s', (bytes, text) => expect(size(bytes)).toBe(text));

test.each([
  [0, '0.0 s'],
  [420, '0.4 s'],
  [9_949, '9.9 s'],
  [9_950, '10 s'],
  [42_000, '42 s'],
  [119_499, '119 s'],
  [119_500, '2 min'],
  [7_140_000, '119 min'],
  [7_200_000, '2 h'],
  [7_500_000, '2 h 5 min'],
  [172_799_000, '2 days'],
  [259_200_000, '3 days'],
])('%d ms are %s', (ms, text) => expect(duration(ms)).toBe(text));

test('counts and lists', () => {
  expect([count(0, 'step'), count(1, 'step'), count(1204, 'record')]).toEqual([
    '0 steps',
    '1 step',
    '1,204 records',
  ]);
  expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])]).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
  ]);
});
