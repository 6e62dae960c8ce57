import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { csv, resultsOf } from './batch.ts';
import { type VirtualStage, setProcessStage, setStage } from './stage.ts';

const BIN = resolve(import.meta.dirname, '../../bin/gdpr.ts');
const FAST = ['--poll-interval', '5ms'];
/** A stage where one request was settled: there are a ledger and a bundle. */
async function settled(): Promise<VirtualStage & { bundle: string; ledger: string }> {
  const stage = await setStage({ rate: 1000 });
  await csv(stage, ['user_id', 'ada']);
  const { code, out } = await stage.gdpr(['export', 'ada', '--json', ...FAST]);
  expect(code).toBe(0);
  const bundle: string = JSON.parse(out).bundle;
  return { ...stage, bundle, ledger: join(stage.dir, 'state/default/ledger.sqlite') };
}

/** Every file below a folder with what it holds; of a link, where it leads. */
function holdings(dir: string): Map<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return new Map(
    names.flatMap((name): [string, string][] => {
      const stats = lstatSync(join(dir, name));
      if (stats.isSymbolicLink()) return [[name, 'link']];
      return stats.isFile() ? [[name, readFileSync(join(dir, name), 'latin1')]] : [];
    }),
  );
}

/** The runs that were not refused in these words; nobody was called, and every file is what it was. */
async function accepted(
  stage: VirtualStage,
  names: readonly string[],
  words: string,
  env = stage.env,
): Promise<string[]> {
  const before = holdings(stage.dir);
  const calls = stage.log.length;
  const others: string[] = [];
  for (const name of names) {
    for (const action of [['export'], ['erase', '--hard', '--yes'], ['restore', '--yes']]) {
      const args = [...action, '--csv', 'people.csv', '--new', '--results', name, ...FAST];
      const { code, err } = await stage.gdpr(args, { env });
      const isRefused =
        err.includes(`Cannot write results to ${name}: ${words}`) &&
        err.includes('Nothing was sent. Name another file with --results.');
      if (code !== 2 || !isRefused) others.push(`${name}: ${code} ${err}`);
    }
  }
  expect(stage.log.length).toBe(calls);
  expect(holdings(stage.dir)).toEqual(before);
  return others;
}

describe('results that would cost something else', () => {
  test('the ledger and all in the state folder, of any profile', async () => {
    const stage = await settled();
    const { dir, ledger } = stage;
    mkdirSync(join(dir, 'state/other'));
    writeFileSync(join(dir, 'state/other/ledger.sqlite-wal'), '');
    symlinkSync('state', join(dir, 'folder'));
    symlinkSync('state/default/ledger.sqlite', join(dir, 'soft.csv'));
    symlinkSync('soft.csv', join(dir, 'softer.csv'));
    symlinkSync('../../people.csv', join(dir, 'state/default/out.csv'));
    symlinkSync('state/default/out.csv', join(dir, 'through.csv'));
    const names = [
      'state/default/ledger.sqlite',
      ledger,
      'state/default/new.csv',
      'state/other/ledger.sqlite-wal',
      'state/r.csv',
      'gdpr-exports/../state/default/ledger.sqlite-shm',
      `../${basename(dir)}/state/r.csv`,
      'folder/default/ledger.sqlite',
      'folder/r.jsonl',
      'soft.csv',
      'softer.csv',
    ];
    expect(await accepted(stage, names, 'it is in the state folder')).toEqual([]);
    expect((await stage.gdpr(['status', '--all', '--offline'])).out).toContain('ada');
  });

  test('a state folder of another run, that this one does not know', async () => {
    const stage = await settled();
    const elsewhere = { ...stage.env, GDPR_STATE_DIR: join(stage.dir, 'elsewhere') };
    const args = ['export', 'ada', '--results', 'state/default/ledger.sqlite-wal', ...FAST];
    const run = await stage.gdpr(args, { env: elsewhere });
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining('a ledger is beside it') });
  });

  test('a bundle, wherever it lies and whatever it is called', async () => {
    const stage = await settled();
    const { dir, bundle } = stage;
    symlinkSync(bundle, join(dir, 'folder'));
    const moved = join(dir, 'answered', 'ada');
    mkdirSync(join(moved, 'stream'), { recursive: true });
    for (const name of ['receipt.json', 'SHA256SUMS']) {
      writeFileSync(join(moved, name), readFileSync(join(bundle, name)));
    }
    mkdirSync(join(dir, 'begun/req_01K5Y000000000000000000000/stream'), { recursive: true });
    const names = [
      `${bundle}/receipt.json`,
      `${bundle}/SHA256SUMS`,
      `${bundle}/r.csv`,
      `${bundle}/stream/r.csv`,
      'folder/r.csv',
      'answered/ada/r.csv',
      'answered/ada/stream/r.csv',
      'begun/req_01K5Y000000000000000000000/stream/r.csv',
    ];
    expect(await accepted(stage, names, 'it is in the bundle ')).toEqual([]);
  });

  test('a configuration, by its name, its place or its link', async () => {
    const stage = await settled();
    const { dir } = stage;
    const users = join(dir, '.config/gdpr');
    mkdirSync(users, { recursive: true });
    mkdirSync(join(dir, 'dotfiles'));
    const stream = `{ apiKey: a, apiSecret: { env: SECRET }, baseUrl: "${stage.sandbox.origin}" }`;
    writeFileSync(join(dir, 'dotfiles/rc'), `profiles: { live: { stream: ${stream} } }\n`, {
      mode: 0o600,
    });
    symlinkSync('../../dotfiles/rc', join(users, '.gdprrc.yaml'));
    linkSync(join(dir, 'dotfiles/rc'), join(dir, 'dotfiles/hard.csv'));
    const names = ['.gdprrc', 'gdpr.config.yml', 'dotfiles/.gdprrc.json', 'dotfiles/rc'];
    const own = ['.config/gdpr/.gdprrc.yaml', 'dotfiles/hard.csv'];
    const { HOME = '', GDPR_STATE_DIR = '' } = stage.env;
    const env = { HOME, GDPR_STATE_DIR, SECRET: 's' };
    expect(await accepted(stage, [...names, ...own], 'it is a configuration file', env)).toEqual(
      [],
    );
    const folder = 'it is in the folder of the configuration';
    expect(await accepted(stage, ['.config/gdpr/r.csv'], folder, env)).toEqual([]);
    // An empty one, of which nothing could be told by what it holds.
    writeFileSync(join(dir, 'named.yaml'), '', { mode: 0o600 });
    const empty = ['--config', 'named.yaml', 'export', 'ada', '--results', 'named.yaml'];
    const run = await stage.gdpr(empty);
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining('a configuration file') });
    expect(readFileSync(join(dir, 'named.yaml'), 'utf8')).toBe('');
  });

  test('a file that is not a results file of ours', async () => {
    const stage = await settled();
    const { dir, ledger } = stage;
    const files = {
      'leavers.csv': 'user_id,reference\nada,ZD-1\n',
      'near.csv': 'line,request_id,state,details\n',
      'begun.csv': 'line,request_id',
      'quoted.csv': '"line","request_id","state","detail"\n',
      'log.jsonl': '{"at":"2026-11-20"}\n',
      'plan.jsonl': '{"schema":"gdpr-plan/1","request_id":null}\n',
      'receipt.jsonl': readFileSync(join(stage.bundle, 'receipt.json'), 'utf8'),
      'notes.txt': '\n',
      'secret.txt': 'secret-canary-5f20c1aa97\n',
      'copy.csv': readFileSync(ledger),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    symlinkSync('leavers.csv', join(dir, 'soft.csv'));
    const names = [...Object.keys(files), 'soft.csv'];
    expect(await accepted(stage, names, 'what stands there is no results file')).toEqual([]);
  });

  test('a file with more names than one: what is under the others cannot be seen', async () => {
    const stage = await settled();
    const { dir, ledger, bundle } = stage;
    linkSync(ledger, join(dir, 'hard.csv'));
    linkSync(`${bundle}/receipt.json`, join(dir, 'receipt.jsonl'));
    expect(
      await accepted(stage, ['hard.csv', 'receipt.jsonl'], 'it has other names (hard links)'),
    ).toEqual([]);
  });

  test('the place of a folder that is still to be made', async () => {
    const stage = await setStage();
    await csv(stage, ['user_id', 'ada']);
    expect(await accepted(stage, ['state'], 'a folder is to be made there')).toEqual([]);
    for (const [out, results] of [
      ['r.csv', 'r.csv'],
      ['new/deep', 'new'],
    ] as const) {
      const run = await stage.gdpr(['export', 'ada', '--out', out, '--results', results]);
      expect(run).toMatchObject({ code: 2, err: expect.stringContaining('a folder is to be') });
      expect(existsSync(join(stage.dir, results))).toBe(false);
    }
    expect(stage.log).toEqual([]);
  });
});

test('an empty file, our own CSV and our own receipts are written anew', async () => {
  const stage = await setStage({ rate: 1000 });
  await csv(stage, ['user_id', 'ada']);
  for (const name of ['r.csv', 'r.jsonl', 'gdpr-exports/r.csv']) {
    mkdirSync(dirname(join(stage.dir, name)), { recursive: true });
    writeFileSync(join(stage.dir, name), '');
    const args = ['export', '--csv', 'people.csv', '--results', name, ...FAST];
    for (const round of [1, 2, 3]) {
      const run = await stage.gdpr(args);
      expect([name, round, run.code, run.err]).toMatchObject([name, round, 0, expect.anything()]);
    }
  }
  expect(await resultsOf(stage, 'r.csv')).toHaveLength(1);
  const receipt = JSON.parse(readFileSync(join(stage.dir, 'r.jsonl'), 'utf8'));
  expect(receipt).toMatchObject({ schema: 'gdpr-receipt/1', state: 'completed' });
});

test('an open file that leads into the state folder is refused', async () => {
  const stage = await setProcessStage({ rate: 1000 });
  expect((await stage.gdpr(['export', 'ada', ...FAST])).code).toBe(0);
  const ledger = join(stage.dir, 'state/default/ledger.sqlite');
  const before = readFileSync(ledger);
  const calls = stage.log.length;
  for (const name of ['/dev/fd/3', '/proc/self/fd/3']) {
    const args = [BIN, 'export', 'bob', '--results', name];
    const run = await execa(
      'sh',
      ['-c', 'exec "$0" "$@" 3>>state/default/ledger.sqlite', process.execPath, ...args],
      { cwd: stage.dir, env: stage.env, extendEnv: false, reject: false },
    );
    expect(run).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`Cannot write results to ${name}: `),
    });
  }
  expect(stage.log.length).toBe(calls);
  expect(readFileSync(ledger).equals(before)).toBe(true);
});

describe('the log of the sandbox', () => {
  test('goes neither into the ledger nor into any file that is none', async () => {
    const stage = await settled();
    writeFileSync(join(stage.dir, 'mine.txt'), 'mine');
    symlinkSync('mine.txt', join(stage.dir, 'soft.log'));
    const before = holdings(stage.dir);
    for (const [name, words] of [
      [stage.ledger, 'it is in the state folder'],
      [join(stage.dir, 'state/new.log'), 'it is in the state folder'],
      [`${stage.bundle}/receipt.json`, 'it is in the bundle'],
      [join(stage.dir, '.gdprrc'), 'it is a configuration file'],
      [join(stage.dir, 'mine.txt'), 'what stands there is no log of calls'],
      [join(stage.dir, 'soft.log'), 'what stands there is no log of calls'],
    ] as const) {
      const run = await stage.gdpr(['sandbox', '--port', '0', '--log', name]);
      expect(run).toMatchObject({ code: 2, err: expect.stringContaining(words) });
      expect(run.err).toContain('Give --log another file.');
    }
    expect(holdings(stage.dir)).toEqual(before);
  });
});
