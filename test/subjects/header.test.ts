import { describe, expect, test } from 'vitest';
import { faultsOf, refusalOf, subjectTableOf } from './stage.ts';

describe('columns', () => {
  test('of ours stand in any order, others are ignored with one notice', async () => {
    const subjectTable = await subjectTableOf(
      'note,reference,user_id,,e-mail\nx,ZD-1,ada,,a@b.c\n',
    );
    expect(subjectTable.columns).toEqual(['reference', 'user_id']);
    expect(subjectTable.notices).toEqual(['Ignored: the columns "note", "", "e-mail".']);
  });

  test('a notice names ten of many', async () => {
    const others = Array.from({ length: 12 }, (_, at) => `x${at}`);
    const subjectTable = await subjectTableOf(
      `user_id,${others.join(',')}\nada${','.repeat(12)}\n`,
    );
    expect(subjectTable.notices).toEqual([
      'Ignored: the columns "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9" and 2 more.',
    ]);
    expect((await subjectTableOf('user_id,x\na,\n')).notices).toEqual(['Ignored: the column "x".']);
  });

  test('those of a results file are ignored without a word', async () => {
    const subjectTable = await subjectTableOf(
      'line,request_id,state,detail,user_id\n2,req_1,failed,x,ada\n',
    );
    expect(subjectTable.columns).toEqual(['user_id']);
    expect(subjectTable.notices).toEqual([]);
  });

  test.each([
    ['UserID', 'user_id'],
    ['user-id', 'user_id'],
    ['userid', 'user_id'],
    ['USER ID', 'user_id'],
    [' user_id', 'user_id'],
    ['user_id\u00a0', 'user_id'],
    ['usr_id', 'user_id'],
    ['uesr_id', 'user_id'],
    ['user_ids', 'user_id'],
    ['stream_ID', 'stream_id'],
    ['steam_id', 'stream_id'],
    ['sendbird id', 'sendbird_id'],
    ['sendbrid_id', 'sendbird_id'],
    ['Reference', 'reference'],
    ['refrence', 'reference'],
    ['recieved_on', 'received_on'],
    ['received', 'received_on'],
    ['receivedOn', 'received_on'],
  ])('%j is a near miss of %s', async (name, meant) => {
    const other = meant === 'user_id' ? 'stream_id' : 'user_id';
    expect(await faultsOf(`${other},${name}\na,\n`)).toEqual([
      expect.stringContaining(`Did you mean ${meant}?`),
    ]);
  });

  test('letters off are a column of its own beside the right one; another case is not', async () => {
    expect((await subjectTableOf('user_id,user_ip\na,b\n')).notices).toHaveLength(1);
    expect(await faultsOf('user_id,USER_ID\na,b\n')).toEqual([
      'line 1: the column "USER_ID" is not known. Did you mean user_id?',
    ]);
  });

  test.each(['username', 'email', 'id', 'preferred_name', 'x'.repeat(100_000)])(
    'a name far from ours is just ignored (%.20s)',
    async (name) => {
      expect((await subjectTableOf(`user_id,${name}\na,b\n`)).notices).toHaveLength(1);
    },
  );

  test('all faults of a header are told together, with the line it is on', async () => {
    expect(await faultsOf('\n\nuser_id,user_id,Reference,"Received On"\na,b,c,d\n')).toEqual([
      'line 3: the column user_id is there twice',
      'line 3: the column "Reference" is not known. Did you mean reference?',
      'line 3: the column "Received On" is not known. Did you mean received_on?',
    ]);
  });

  test('another header is told the columns', async () => {
    const [fault] = await faultsOf('name,email\na,b\n');
    expect(fault).toBe(
      'line 1: the first line is no header of ours (it has "name", "email"): the columns are user_id, stream_id, sendbird_id (one of these at least), reference and received_on',
    );
    expect(await faultsOf('ada\nbob\n')).toEqual([expect.stringContaining('no header of ours')]);
  });

  test('one column with ids must be there, and for a provider that is asked', async () => {
    expect(await faultsOf('reference\nx\n')).toEqual([
      expect.stringContaining('no column holds ids: the columns are user_id'),
    ]);
    expect(await faultsOf('stream_id\nx\n', ['sendbird'])).toEqual([
      'line 1: no column holds ids of a provider that is asked: add sendbird_id, or user_id',
    ]);
  });

  test('invisible characters of a name are shown', async () => {
    const { message } = await refusalOf('user\u200b_id\nx\n');
    expect(message).toContain('"user\\u{200b}_id"');
  });
});

describe('a file without rows', () => {
  test.each([
    ['', 'people.csv is empty.'],
    ['\n\r\n', 'people.csv is empty.'],
    ['user_id\n', 'people.csv has a header and no row: nobody is named.'],
    ['user_id\n\n\n', 'people.csv has a header and no row: nobody is named.'],
  ])('%j', async (text, message) => {
    const error = await refusalOf(text);
    expect(error).toMatchObject({ fault: 'usage', exit: 2, message });
    expect(error.next).toMatch(/^Nothing was sent\./v);
  });

  test('a file that is no CSV is told what it is', async () => {
    expect(await refusalOf(Buffer.from('1f8b0800', 'hex'))).toMatchObject({
      fault: 'usage',
      message: 'people.csv is no CSV: it seems to be a gzip file.',
    });
  });
});
