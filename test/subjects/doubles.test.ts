import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allOf, faultsOf, idsOf, subjectTableOf } from './stage.ts';

describe('the same row again', () => {
  test('is taken once, with a notice', async () => {
    const subjectTable = await subjectTableOf('user_id,reference\na,1\nb,2\na,1\na,1\nc,\n');
    expect(subjectTable.size).toBe(3);
    expect(allOf(subjectTable).map(({ line }) => line)).toEqual([2, 3, 6]);
    expect(subjectTable.notices).toEqual([
      '2 rows repeat one above, word for word: taken once (lines 4, 5).',
    ]);
  });

  test('the notice names ten lines of many', async () => {
    const { notices } = await subjectTableOf(`user_id\n${'a\n'.repeat(13)}`);
    expect(notices).toEqual([
      '12 rows repeat one above, word for word: taken once (lines 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 …).',
    ]);
  });

  test('columns that are ignored do not make it another', async () => {
    const subjectTable = await subjectTableOf('user_id,note\na,1\na,2\n');
    expect(subjectTable.size).toBe(1);
    expect(subjectTable.notices[1]).toBe(
      '1 row repeats one above, word for word: taken once (line 3).',
    );
  });

  test('case and composition of letters do', async () => {
    expect((await subjectTableOf('user_id\nada\nAda\nzo\u00eb\nzoe\u0308\n')).size).toBe(4);
  });

  test('leaves no page without rows', async () => {
    const subjectTable = await subjectTableOf(`user_id\n${'a\n'.repeat(2_000)}b\n`);
    expect([...subjectTable.pages(500)].map((page) => page.map(({ line }) => line))).toEqual([
      [2, 2_002],
    ]);
  });
});

describe('one id in rows that differ', () => {
  test('is a fault with both lines and what differs', async () => {
    expect(await faultsOf('user_id,reference,received_on\na,1,\nb,1,\na,2,2026-01-01\n')).toEqual([
      'line 4: the user_id "a" is in line 2 already, with another reference and received_on',
    ]);
  });

  test('whichever provider it is for', async () => {
    expect(await faultsOf('stream_id,sendbird_id\ns1,b1\ns2,b1\ns1,b3\n')).toEqual([
      'line 3: the sendbird_id "b1" is in line 2 already, with another stream_id',
      'line 4: the stream_id "s1" is in line 2 already, with another sendbird_id',
    ]);
  });

  test('is none for a provider that is not asked, nor for a name that nobody gets', async () => {
    const text = 'user_id,stream_id,sendbird_id\nada,s1,b1\nada,s2,b1\n';
    expect((await subjectTableOf(text, ['stream'])).size).toBe(2);
    expect(await faultsOf(text)).toHaveLength(1);
  });

  test('the same id for two providers is none', async () => {
    const subjectTable = await subjectTableOf('stream_id,sendbird_id\nx,y\ny,x\n');
    expect(idsOf(subjectTable)).toHaveLength(2);
  });

  test('is found in rows that have another fault, too', async () => {
    expect(await faultsOf('user_id,received_on\na,2026-01-01\na,soon\n')).toEqual([
      'line 3: the received_on "soon" is not a day (days are written like 2026-11-20)',
      'line 3: the user_id "a" is in line 2 already, with another received_on',
    ]);
  });

  test.each([
    ['a separator of ours', 'x\u001fy,1'],
    ['half a megabyte', `x,${'y'.repeat(500_000)}`],
  ])('is found beside a row that cannot be kept: %s', async (_, row) => {
    const faults = await faultsOf(`user_id,reference\n${row}\nb,1\n${row}\nb,2\n`);
    expect(faults.map((fault) => fault.slice(0, 6))).toEqual(['line 2', 'line 4', 'line 5']);
  });

  test('empty cells are no id', async () => {
    expect((await subjectTableOf('stream_id,sendbird_id\n,b1\n,b2\ns3,\ns4,\n')).size).toBe(4);
  });
});

test('what is taken, repeated or refused is what comparing all rows with each other says', async () => {
  const cell = fc.constantFrom('', 'a', 'b', 'zoë');
  const row = fc.tuple(cell, cell, fc.constantFrom('', '1')).filter(([s, b]) => s + b !== '');
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 7 }), async (rows) => {
      const text = `stream_id,sendbird_id,reference\n${rows.map((cells) => cells.join(',')).join('\n')}\n`;
      const first = rows.filter(
        (cells, at) => rows.findIndex((other) => other.join() === cells.join()) === at,
      );
      const clash = [0, 1].some((column) =>
        first.some((cells, at) =>
          first.some(
            (other, to) => to < at && cells[column] !== '' && other[column] === cells[column],
          ),
        ),
      );
      const outcome = await subjectTableOf(text).catch(() => null);
      expect(outcome?.size ?? 'refused').toBe(clash ? 'refused' : first.length);
    }),
    { numRuns: 200 },
  );
});

describe('200,000 rows', () => {
  const ROWS = 200_000;
  const lines = Array.from({ length: ROWS }, (_, at) => `user-${at},ZD-${at}`);

  test('come in order, none taken for another', async () => {
    const subjectTable = await subjectTableOf(`user_id,reference\n${lines.join('\n')}\n`);
    let next = 0;
    for (const page of subjectTable.pages(500)) {
      expect(page.length).toBeLessThanOrEqual(500);
      const right = page.every(
        ({ line, subject, reference }, at) =>
          line === next + at + 2 &&
          subject.userId === `user-${next + at}` &&
          reference === `ZD-${next + at}`,
      );
      expect(right).toBe(true);
      next += page.length;
    }
    expect([next, subjectTable.size, subjectTable.notices]).toEqual([ROWS, ROWS, []]);
  });

  test('a repeated one and one that differs are found far apart', async () => {
    const text = `user_id,reference\n${lines.join('\n')}\nuser-5,ZD-5\n`;
    expect((await subjectTableOf(text)).notices).toEqual([
      `1 row repeats one above, word for word: taken once (line ${ROWS + 2}).`,
    ]);
    expect(await faultsOf(`${text}user-199999,x\n`)).toEqual([
      `line ${ROWS + 3}: the user_id "user-199999" is in line ${ROWS + 1} already, with another reference`,
    ]);
  });

  test('each of them twice', async () => {
    const text = `user_id,reference\n${lines.join('\n')}\n${lines.join('\n')}\n`;
    const subjectTable = await subjectTableOf(text);
    expect(subjectTable.size).toBe(ROWS);
    expect(allOf(subjectTable).at(-1)?.line).toBe(ROWS + 1);
  });
});
