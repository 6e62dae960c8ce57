import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guarded } from '../../src/files/csv/results.ts';
import { cellsOf } from '../../src/subjects/subjects.ts';
import { allOf, subjectTableOf } from './stage.ts';

const ID_COLUMNS = [
  ['user_id'],
  ['stream_id'],
  ['sendbird_id', 'stream_id'],
  ['stream_id', 'user_id'],
  ['user_id', 'sendbird_id'],
  ['user_id', 'stream_id', 'sendbird_id'],
];

test('the cells of rows, written and read again, are the same rows', async () => {
  const cell = fc.constantFrom('', 'a', 'b', '-c', "'=d");
  const given = fc.record({
    columns: fc.constantFrom(...ID_COLUMNS.map((ids) => [...ids, 'reference', 'received_on'])),
    rows: fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
  });
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(given, async ({ columns, rows }) => {
      const table = rows.map((cells) => [
        ...columns.slice(1).map((_, at) => cells[at] ?? ''),
        '2026-01-01',
      ]);
      const subjectTable = await subjectTableOf(stringify([columns, ...table])).catch(() => null);
      if (subjectTable === null) return;
      const before = allOf(subjectTable);
      const again = before.map((row) => Object.values(cellsOf(row, columns)).map(guarded));
      const after = allOf(await subjectTableOf(stringify([subjectTable.columns, ...again])));
      const said = ({ subject, reference, receivedOn }: (typeof before)[number]) => [
        subject,
        reference,
        receivedOn,
      ];
      expect(after.map(said)).toEqual(before.map(said));
      compared += 1;
    }),
    { numRuns: 300 },
  );
  expect(compared).toBeGreaterThan(50);
});

test('an empty user_id that stands for an account stays empty', () => {
  const subject = { userId: 's1', streamId: 's1', sendbirdId: null };
  const row = { subject, reference: null, receivedOn: null };
  expect(cellsOf(row, ['user_id', 'stream_id'])).toEqual({ user_id: '', stream_id: 's1' });
  expect(cellsOf(row, ['user_id', 'reference'])).toEqual({ user_id: 's1', reference: '' });
});
