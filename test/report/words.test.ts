import { expect, test } from 'vitest';
import {
  count,
  duration,
  list,
  shellWord,
  size,
  stepMark,
  stepWord,
  utc,
  waitsFor,
} from '../../src/report/words.ts';
import type { Step } from '../../src/requests/request.ts';
import { access, account, feeds, removal, step } from '../requests/make.ts';

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

const restore = step({ operation: 'restore_users' });

test.each([
  [step(), false, 'ready, not fetched yet'],
  [access(), false, 'ready, not fetched yet'],
  [account(), false, 'reported done, being checked'],
  [feeds(), true, 'reported done, still visible'],
  [removal(), true, 'reported done, still visible'],
  [restore, false, 'reported done, being checked'],
  [restore, true, 'reported done, not visible'],
])('reported, by operation: %#', (of, ended, word) => {
  expect(stepWord({ ...of, state: 'reported', finishedAt: ended ? 1 : null }, [])).toBe(word);
});

test('what is contradicted never gets the mark of success', () => {
  expect(stepMark(account({ state: 'reported', finishedAt: 1 }))).toBe('✗');
  expect(stepMark(account({ state: 'reported', finishedAt: null }))).toBe('…');
  expect(stepMark(account({ state: 'succeeded', finishedAt: 1 }))).toBe('✓');
});

test.each([
  ['the feed data before it', account(), [feeds({ state: 'accepted' })], 'feed data'],
  ['feed data in doubt', account(), [feeds({ state: 'in_doubt' })], 'feed data'],
  ['feed data that is done', account(), [feeds({ state: 'reported' })], null],
  ['nothing at Sendbird', removal(), [feeds()], null],
  ['the export', removal(), [access({ state: 'reported' }), feeds()], 'the export'],
  ['the export first', account(), [step(), feeds()], 'the export'],
  ['nothing once that is there', feeds(), [step({ state: 'succeeded' })], null],
  ['nothing once it is sent', account({ state: 'accepted' }), [feeds()], null],
  ['nothing as an export', step(), [access()], null],
])('a deletion waits for %s', (_, of, others, what) => {
  expect(waitsFor(of, [of, ...others])).toBe(what);
});

test.each([
  ['ada', 'ada'],
  ['ada@example.com', 'ada@example.com'],
  ["a'b c", `'a'\\''b c'`],
  ['$(rm)', "'$(rm)'"],
  ['', "''"],
  ["a\u202e'\\b", "$'a\\U0000202e\\'\\\\b'"],
])('%j is one word of a shell', (text, word) => expect(shellWord(text)).toBe(word));

test('an instant to the minute', () => {
  expect(utc('2026-11-20T09:00:01.234Z')).toBe('2026-11-20 09:00 UTC');
});

const unsent = (siblings: readonly Step[], attempts = 0): string =>
  stepWord(account({ attempts }), siblings);

test('what is not sent, and why', () => {
  expect([unsent([]), unsent([feeds({ state: 'accepted' })]), unsent([], 1)]).toEqual([
    'not sent yet',
    'waits for feed data',
    'tried, not accepted yet',
  ]);
});
