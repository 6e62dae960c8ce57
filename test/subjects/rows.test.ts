import { describe, expect, test } from 'vitest';
import { allOf, faultsOf, idsOf, refusalOf, subjectTableOf } from './stage.ts';

describe('whose ids a row gives', () => {
  test('user_id stands for every provider without a column of its own', async () => {
    expect(idsOf(await subjectTableOf('user_id\nada\n'))).toEqual([['ada', 'ada', 'ada']]);
    expect(idsOf(await subjectTableOf('user_id,stream_id\nada,s1\n'))).toEqual([
      ['ada', 's1', 'ada'],
    ]);
    expect(idsOf(await subjectTableOf('user_id,sendbird_id\nada,b1\n'))).toEqual([
      ['ada', 'ada', 'b1'],
    ]);
  });

  test('an empty cell of its own column means no account, whatever user_id says', async () => {
    const subjectTable = await subjectTableOf(
      'user_id,stream_id,sendbird_id\nada,,b1\nbob,s2,\ncyd,s3,b3\n',
    );
    expect(idsOf(subjectTable)).toEqual([
      ['ada', null, 'b1'],
      ['bob', 's2', null],
      ['cyd', 's3', 'b3'],
    ]);
    expect(subjectTable.notices).toEqual([
      '1 row names no stream_id: Stream is not asked there.',
      '1 row names no sendbird_id: Sendbird is not asked there.',
    ]);
  });

  test('without a user_id the person is known by the Stream id, else the Sendbird id', async () => {
    const subjectTable = await subjectTableOf('stream_id;sendbird_id\ns1;b1\ns2;\n;b3\n');
    expect(idsOf(subjectTable)).toEqual([
      ['s1', 's1', 'b1'],
      ['s2', 's2', null],
      ['b3', null, 'b3'],
    ]);
  });

  test('an empty user_id names no account where it stands for one', async () => {
    expect(idsOf(await subjectTableOf('user_id,stream_id\n,s1\nada,\n'))).toEqual([
      ['s1', 's1', null],
      ['ada', null, 'ada'],
    ]);
  });

  test('a column that is not there gives no account, and it is said', async () => {
    const subjectTable = await subjectTableOf('stream_id\ns1\n');
    expect(idsOf(subjectTable)).toEqual([['s1', 's1', null]]);
    expect(subjectTable.notices).toEqual(['No column holds ids of Sendbird: it is not asked.']);
  });

  test('a row without an id for those that are asked is a fault', async () => {
    const fault = 'there is no id for any provider that is asked';
    expect(await faultsOf('user_id,reference\n,x\n')).toEqual([`line 2: ${fault}`]);
    expect(await faultsOf('user_id,stream_id,sendbird_id\nada,,\n')).toEqual([`line 2: ${fault}`]);
    const text = 'stream_id,sendbird_id\ns1,b1\n,b2\n';
    expect(idsOf(await subjectTableOf(text))).toHaveLength(2);
    expect(await faultsOf(text, ['stream'])).toEqual([`line 3: ${fault}`]);
  });
});

describe('cells', () => {
  test('come as written; an empty one is none', async () => {
    const subjectTable = await subjectTableOf(
      'user_id,reference,received_on\na b,"x, ""y"" ",2026-02-28\nb,,\n',
    );
    expect(allOf(subjectTable)).toEqual([
      {
        line: 2,
        subject: { userId: 'a b', streamId: 'a b', sendbirdId: 'a b' },
        reference: 'x, "y" ',
        receivedOn: '2026-02-28',
        requestId: null,
        disposition: null,
      },
      expect.objectContaining({ line: 3, reference: null, receivedOn: null }),
    ]);
  });

  test('one guard before what a spreadsheet would run is taken off', async () => {
    const subjectTable = await subjectTableOf("user_id,reference\n'@ada,'=1\n''-x,'x\n-y,''\n");
    expect(
      allOf(subjectTable).map(({ subject, reference }) => [subject.userId, reference]),
    ).toEqual([
      ['@ada', '=1'],
      ["'-x", "'x"],
      ['-y', "''"],
    ]);
  });

  test.each([
    ['a/b', 'holds a slash'],
    ['..', 'is a path, not an id'],
    ['.', 'is a path, not an id'],
    [' ada', 'begins or ends with white space'],
    ['ada\u00a0', 'begins or ends with white space'],
    ['a\tb', 'holds a control character'],
    ['"a\nb"', 'holds a control character'],
    ['a\u2028b', 'holds a control character'],
    ['a\u001fb', 'holds a control character'],
    ['a\u001eb', 'holds a control character'],
    ['x'.repeat(81), "is longer than Sendbird's 80 characters"],
  ])('the id %j is refused', async (id, words) => {
    expect(await faultsOf(`user_id,reference\nfine,x\n${id},y\n`)).toEqual([
      expect.stringMatching(new RegExp(`^line 3: the user_id ".*" ${words}$`, 'v')),
    ]);
  });

  test('ids of any script are taken code point by code point', async () => {
    const ids = ['zoë', 'zoe\u0308', '😀', 'Ada', 'ada', '..a', 'a.', '@x', '-', '😀'.repeat(80)];
    const subjectTable = await subjectTableOf(`user_id\n${ids.join('\n')}\n`);
    expect(idsOf(subjectTable).map(([id]) => id)).toEqual(ids);
  });

  test('each id is held to the rules of those who get it', async () => {
    const long = 'x'.repeat(81);
    expect(idsOf(await subjectTableOf(`user_id\n${long}\n`, ['stream']))).toHaveLength(1);
    expect(idsOf(await subjectTableOf(`user_id,sendbird_id\n${long},b\n`))).toHaveLength(1);
    expect(await faultsOf(`stream_id,sendbird_id\ns,${long}\n`, ['stream'])).toEqual([
      expect.stringContaining("Sendbird's 80 characters"),
    ]);
    expect(await faultsOf(`user_id\n${'x'.repeat(256)}\n`)).toEqual([
      expect.stringContaining("Stream's 255 characters"),
      expect.stringContaining("Sendbird's 80 characters"),
    ]);
    expect(await faultsOf('user_id,stream_id,sendbird_id\na/b,s,b\n')).toEqual([
      'line 2: the user_id "a/b" holds a slash',
    ]);
  });

  test.each(['2026-11-20', '2024-02-29'])('received_on %j is fine', async (day) => {
    const subjectTable = await subjectTableOf(`user_id,received_on\na,${day}\nb,${day}\n`);
    expect(allOf(subjectTable).map(({ receivedOn }) => receivedOn)).toEqual([day, day]);
  });

  test.each([
    ['2026-11-21', 'is in the future (today is 2026-11-20)'],
    ['2026-02-30', 'is not a day'],
    ['2026-2-3', 'is not a day'],
    ['20.11.2026', 'is not a day'],
    ['2026-11-20 ', 'is not a day'],
  ])('received_on %j is refused', async (day, words) => {
    const faults = await faultsOf(`user_id,received_on\na,${day}\nb,${day}\n`);
    expect(faults).toHaveLength(2);
    expect(faults[1]).toContain(words);
  });

  test('more different days than are remembered', async () => {
    const days = Array.from({ length: 1_200 }, (_, at) =>
      new Date(Date.UTC(2020, 0, 1 + at)).toISOString().slice(0, 10),
    );
    const rows = [...days, ...days].map((day, at) => `u${at},${day}`);
    expect(allOf(await subjectTableOf(`user_id,received_on\n${rows.join('\n')}\n`))).toHaveLength(
      2_400,
    );
  });

  test.each([
    ['"a\nb"', 'control character'],
    ['a\u0007', 'control character'],
    ['a\u0085', 'control character'],
    ['x'.repeat(1_001), 'longer than 1000 characters'],
  ])('the reference %.10j is refused', async (reference, words) => {
    expect(await faultsOf(`user_id,reference\nada,${reference}\n`)).toEqual([
      expect.stringContaining(words),
    ]);
  });

  test('a long reference in any script is fine', async () => {
    const [row] = allOf(await subjectTableOf(`user_id,reference\nada,${'😀'.repeat(1_000)}\n`));
    expect(row?.reference).toBe('😀'.repeat(1_000));
  });

  test('what is ignored is not looked at', async () => {
    const subjectTable = await subjectTableOf(
      `x,user_id\n"${'a\u0007\n'.repeat(10)}",ada\n"/",bob\n`,
    );
    expect(allOf(subjectTable).map(({ line }) => line)).toEqual([2, 13]);
  });
});

describe('faults', () => {
  test('rows with too many or too few cells', async () => {
    expect(await faultsOf('user_id,reference\na\nb,x\nc,x,y\n')).toEqual([
      'line 2: the row has 1 cell, and the header 2 cells',
      'line 4: the row has 3 cells, and the header 2 cells',
    ]);
  });

  test('of one row are all told', async () => {
    expect(await faultsOf('user_id,reference,received_on\na/b,"x\ny",soon\n')).toHaveLength(3);
  });

  test('are listed by line, those of doubles among them, and the first fifty of many', async () => {
    const rows = Array.from({ length: 30 }, (_, at) => [`u${at},1`, `bad/${at},1`, `u${at},2`]);
    const { message, fault, exit, next } = await refusalOf(
      `user_id,reference\n${rows.flat().join('\n')}\n`,
    );
    const lines = message.split('\n');
    expect([fault, exit]).toEqual(['usage', 2]);
    expect(next).toBe('Nothing was sent. Correct the file and run the same command again.');
    expect(lines[0]).toBe('Refused: people.csv has 60 faults:');
    expect(lines.at(-1)).toBe('  and 10 more');
    const numbers = lines.slice(1, -1).map((line) => Number(/line (\d+):/v.exec(line)?.[1]));
    expect(numbers).toHaveLength(50);
    expect(numbers.slice(0, 4)).toEqual([3, 4, 6, 7]);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  test('thousands are counted, not kept', async () => {
    const text = `user_id\n${'a/b\n'.repeat(5_000)}`;
    const lines = (await refusalOf(text)).message.split('\n');
    expect(lines[0]).toBe('Refused: people.csv has 5,000 faults:');
    expect(lines[1]).toContain('line 2:');
    expect(lines.at(-1)).toBe('  and 4,950 more');
  });

  test('what cannot be read on is told with those before it', async () => {
    expect(await faultsOf('user_id\na/b\nfine\n"never\n')).toEqual([
      'line 2: the user_id "a/b" holds a slash',
      'line 4: a quote is opened and never closed; what comes after it was not read',
    ]);
    expect(await faultsOf(Buffer.from('user_id\nfine\nzo\u00eb\n', 'latin1'))).toEqual([
      expect.stringMatching(/^line 3: the line holds bytes that are not UTF-8/v),
    ]);
  });
});
