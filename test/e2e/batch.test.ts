import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { csv, resultsOf, submissions } from './batch.ts';
import { setStage } from './stage.ts';

const FAST = ['--poll-interval', '5ms', '--rate-share', '1'];
const ERASE = ['--hard', '--yes', ...FAST];

function sorted(text: string): string[] {
  return text.split('\n').toSorted();
}

describe('gdpr export --csv', () => {
  test('brings everybody, and says for each row what became of it', async () => {
    const stage = await setStage({ rate: 1000 });
    const file = await csv(stage, [
      'user_id,reference,note',
      'ada,ZD-1,vip',
      'user-000001,,x',
      'nobody-here,ZD-3,y',
    ]);
    const run = await stage.gdpr(['export', '--csv', file, '--results', 'out.csv', ...FAST]);
    expect(run).toMatchObject({ code: 3 });
    const rows = await resultsOf(stage, 'out.csv');
    expect(
      rows.map(({ line, state, user_id, reference }) => [line, state, user_id, reference]),
    ).toEqual([
      ['2', 'completed', 'ada', 'ZD-1'],
      ['3', 'completed', 'user-000001', ''],
      ['4', 'not_found', 'nobody-here', 'ZD-3'],
    ]);
    expect(Object.keys(rows[0] ?? {})).toEqual([
      'line',
      'request_id',
      'state',
      'detail',
      'user_id',
      'reference',
    ]);
    expect(run.err).toContain('note');
    expect(run.out).toContain('2 completed');
    expect((await stat(join(stage.dir, 'out.csv'))).mode & 0o777).toBe(0o600);
    const bundles = await readdir(join(stage.dir, 'gdpr-exports'));
    expect(bundles.filter((name) => name.startsWith('req_'))).toHaveLength(2);
  });

  test('run again, and with its own results as input, skips what is settled and repeats its receipts', async () => {
    const stage = await setStage({ rate: 1000 });
    const file = await csv(stage, ['user_id', 'ada', 'user-000001']);
    const first = await stage.gdpr([
      'export',
      '--csv',
      file,
      '--results',
      'r.csv',
      '--json',
      ...FAST,
    ]);
    expect(first).toMatchObject({ code: 0 });
    const before = stage.log.length;
    const again = await stage.gdpr(['export', '--csv', file, '--json', ...FAST]);
    expect(again.code).toBe(0);
    expect(again.err).toContain('skipped');
    expect(stage.log.slice(before)).toEqual([]);
    expect(sorted(again.out)).toEqual(sorted(first.out));
    const fed = await stage.gdpr(['export', '--csv', 'r.csv', '--json', ...FAST]);
    expect(sorted(fed.out)).toEqual(sorted(first.out));
    expect(stage.log.slice(before)).toEqual([]);

    const anew = await stage.gdpr(['export', '--csv', file, '--new', '--json', ...FAST]);
    expect(anew).toMatchObject({ code: 0 });
    expect(stage.log.length).toBeGreaterThan(before);
  });

  test('reads from standard input', async () => {
    const stage = await setStage({ rate: 1000 });
    const run = await stage.gdpr(['export', '--csv', '-', '--results', 'r.jsonl', ...FAST], {
      input: 'stream_id;sendbird_id\nada;\n;quiet\n',
    });
    expect(run).toMatchObject({ code: 0 });
    const receipts = (await readFile(join(stage.dir, 'r.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(
      receipts.map(({ subject, steps }) => [
        subject,
        steps.map((each: { operation: string }) => each.operation),
      ]),
    ).toEqual([
      [{ user_id: 'ada', stream_id: 'ada', sendbird_id: null }, ['export_feeds', 'export_users']],
      [{ user_id: 'quiet', stream_id: null, sendbird_id: 'quiet' }, ['access']],
    ]);
  });
});

describe('a file that is not right', () => {
  test.each([
    ['nothing', [], 'empty'],
    ['a header alone', ['user_id'], 'no row'],
    ['another header', ['name,email', 'a,b'], 'user_id'],
    ['a near miss', ['user-id', 'ada'], 'user_id'],
    ['a row without an id', ['user_id,reference', ',x'], 'line 2'],
    ['a bad id', ['user_id', 'a/b'], 'line 2'],
    ['a future day', ['user_id,received_on', 'ada,2999-01-01'], 'line 2'],
    ['one id twice with different facts', ['user_id,reference', 'ada,1', 'ada,2'], 'line'],
  ])('%s is refused before anything is sent or recorded', async (_, lines, word) => {
    const stage = await setStage();
    const file = await csv(stage, lines);
    for (const command of [['export'], ['erase', '--hard', '--yes'], ['restore', '--yes']]) {
      const run = await stage.gdpr([...command, '--csv', file]);
      expect(run.code).toBe(2);
      expect(run.err.toLowerCase()).toContain(word.toLowerCase());
      expect(run.err).not.toMatch(/\n\s+at /);
    }
    expect(stage.log).toEqual([]);
    expect(await readdir(stage.dir)).toEqual([file]);
  });

  test('all faults are listed with their lines; once corrected, everybody runs', async () => {
    const stage = await setStage({ rate: 1000 });
    const ids = Array.from({ length: 60 }, (_, index) => `bad/${index}`);
    const run = await stage.gdpr(['export', '--csv', await csv(stage, ['user_id', 'ada', ...ids])]);
    expect(run.code).toBe(2);
    expect(run.err).toContain('line 3');
    expect(run.err).toContain('line 52');
    expect(run.err).not.toContain('line 53');
    expect(run.err).toContain('10 more');
    expect(stage.log).toEqual([]);
  });

  test('one wrong row is corrected and the file run again: only that row runs', async () => {
    const stage = await setStage({ rate: 1000 });
    const first = await csv(stage, ['user_id', 'ada', 'user-00001']);
    expect((await stage.gdpr(['export', '--csv', first, ...FAST])).code).toBe(3);
    const before = stage.log.length;
    const second = await csv(stage, ['user_id', 'ada', 'user-000001']);
    const run = await stage.gdpr(['export', '--csv', second, ...FAST]);
    expect(run).toMatchObject({ code: 0 });
    const ids = stage.log.slice(before).flatMap((entry) => entry.ids);
    expect(new Set(ids)).toEqual(new Set(['user-000001']));
  });

  test('names and a file do not go together', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['export', 'ada', '--csv', await csv(stage, ['user_id', 'ada'])]);
    expect(run.code).toBe(2);
    expect(stage.log).toEqual([]);
  });
});

describe('gdpr erase --csv', () => {
  test('is refused above --max-subjects, in the words of the specification', async () => {
    const stage = await setStage({ users: 200 });
    const ids = stage.sandbox.control.idsAtBoth(150);
    const run = await stage.gdpr([
      'erase',
      '--csv',
      await csv(stage, ['user_id', ...ids]),
      '--hard',
      '--yes',
    ]);
    expect(run.code).toBe(6);
    expect(run.err).toBe(
      'Refused: people.csv has 150 subjects, and one run may erase 100.\nNothing was sent. If 150 is right: add --max-subjects 150',
    );
    expect(stage.log).toEqual([]);
  });

  test('shares calls, and says at the end what was done with how many calls', async () => {
    const stage = await setStage({ users: 300, rate: 1000 });
    const ids = stage.sandbox.control.idsAtBoth(250);
    const file = await csv(stage, ['user_id', ...ids]);
    const args = [
      'erase',
      '--csv',
      file,
      '--max-subjects',
      '250',
      '--results',
      'r.csv',
      ...ERASE,
      '--poll-interval',
      '50ms',
    ];
    const run = await stage.gdpr(args);
    expect(run).toMatchObject({ code: 0 });
    expect(run.out).toContain('250 completed');
    expect(run.out).toMatch(/Stream/);
    expect(run.out).toContain('r.csv');
    expect(stage.calls('deleteFeedUserData')).toBe(250);
    expect(stage.calls('deleteUsers')).toBe(3);
    expect(stage.calls('registerGdprDelete')).toBe(3);
    for (const operation of ['deleteFeedUserData', 'deleteUsers', 'registerGdprDelete']) {
      const times = submissions(stage, operation);
      expect(times.size).toBe(250);
      expect(new Set(times.values())).toEqual(new Set([1]));
    }
    expect((await resultsOf(stage, 'r.csv')).every(({ state }) => state === 'completed')).toBe(
      true,
    );
  });

  test('--dry-run calls nobody and records nothing', async () => {
    const stage = await setStage();
    const file = await csv(stage, ['user_id', 'ada', 'user-000001']);
    const run = await stage.gdpr(['erase', '--csv', file, '--hard', '--dry-run']);
    expect(run).toMatchObject({ code: 0 });
    expect(run.out).toContain('2 people');
    const json = await stage.gdpr(['erase', '--csv', file, '--hard', '--dry-run', '--json']);
    const plans = json.out.split('\n').map((line) => JSON.parse(line));
    expect(plans.map(({ subject }) => subject.user_id)).toEqual(['ada', 'user-000001']);
    expect(plans[0].run.subjects).toBe(2);
    expect(stage.log).toEqual([]);
    expect(await readdir(stage.dir)).toEqual([file]);
  });

  test('without a terminal nobody is erased unless --yes says so', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['erase', '--csv', '-', '--hard'], { input: 'user_id\nada\n' });
    expect(run.code).toBe(6);
    expect(stage.log).toEqual([]);
  });

  test('brings back by file what was hidden by file', async () => {
    const stage = await setStage({ rate: 1000 });
    const file = await csv(stage, ['user_id', 'ada', 'user-000001']);
    const erased = await stage.gdpr([
      'erase',
      '--csv',
      file,
      '--provider',
      'stream',
      '--yes',
      ...FAST,
    ]);
    expect(erased).toMatchObject({ code: 0 });
    const restored = await stage.gdpr([
      'restore',
      '--csv',
      file,
      '--provider',
      'stream',
      '--yes',
      '--results',
      'r.csv',
      ...FAST,
    ]);
    expect(restored).toMatchObject({ code: 0 });
    expect((await resultsOf(stage, 'r.csv')).map(({ state }) => state)).toEqual([
      'completed',
      'completed',
    ]);
    expect(stage.sandbox.control.user('stream', 'ada').visible).toBe(true);
  });
});

describe('a results file', () => {
  test.each([
    ['the input itself', 'people.csv'],
    ['a folder', '.'],
    ['a folder that is not there', 'no/such/r.csv'],
  ])('cannot be %s, and nothing was sent', async (_, results) => {
    const stage = await setStage();
    const file = await csv(stage, ['user_id', 'ada']);
    const run = await stage.gdpr(['export', '--csv', file, '--results', results]);
    expect(run.code).toBe(2);
    expect(stage.log).toEqual([]);
    expect(await readFile(join(stage.dir, file), 'utf8')).toBe('user_id\nada\n');
  });

  test('guards cells that a spreadsheet would run, and is read again as it was', async () => {
    const stage = await setStage({ rate: 1000 });
    const file = await csv(stage, ['user_id,reference', 'ada,=1+1']);
    await stage.gdpr(['export', '--csv', file, '--results', 'r.csv', ...FAST]);
    expect((await resultsOf(stage, 'r.csv'))[0]?.['reference']).toBe("'=1+1");
    const again = await stage.gdpr(['export', '--csv', 'r.csv', '--json', ...FAST]);
    expect(JSON.parse(again.out).reference).toBe('=1+1');
    expect(again.err).toContain('skipped');
  });
});
