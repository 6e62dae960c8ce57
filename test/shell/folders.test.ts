import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { type Stage, setProcessStage, setStage } from '../e2e/stage.ts';

const FAST = ['--poll-interval', '5ms', '--json'];
const BIN = resolve(import.meta.dirname, '../../bin/gdpr.ts');

/** The permissions of everything below a folder and of itself; links are left out. */
function modesIn(folder: string): Map<string, number> {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const modes = ['', ...entries].map((name): [string, number] => {
    const stats = lstatSync(join(folder, name));
    return [name, stats.mode & (stats.isDirectory() ? 0o40_777 : 0o100_777)];
  });
  return new Map(modes);
}

function requireClosed(folder: string): void {
  for (const [name, mode] of modesIn(folder)) {
    expect([name, (mode & 0o777).toString(8)]).toEqual([name, mode >= 0o100_000 ? '600' : '700']);
  }
}

/** A request whose tasks are done at the providers, and whose files are still to be fetched. */
async function waiting(stage: Stage): Promise<string> {
  const { code, out } = await stage.gdpr(['export', 'ada', '--no-wait', ...FAST]);
  expect(code).toBe(8);
  const id: string = JSON.parse(out).request_id;
  return join(stage.dir, 'gdpr-exports', id);
}

function requireSums(bundle: string): void {
  execFileSync('sha256sum', ['--quiet', '--check', 'SHA256SUMS'], { cwd: bundle });
}

describe('a link in the way of a bundle', () => {
  test.each([
    ['the bundle', ''],
    ['a folder in it', 'stream'],
    ['a file', 'stream/feeds.json'],
    ['a file under another name', 'stream/feeds.zip'],
    ['the receipt', 'receipt.txt'],
    ['the sums', 'SHA256SUMS'],
  ])('%s: nothing is written through it, and without it the work goes on', async (_, place) => {
    const stage = await setStage();
    const bundle = await waiting(stage);
    const elsewhere = join(stage.dir, 'elsewhere');
    const isFile = /\.|SUMS/.test(place);
    if (isFile) await writeFile(elsewhere, 'theirs');
    else await mkdir(elsewhere);
    const link = join(bundle, place);
    await mkdir(join(link, '..'), { recursive: true });
    await symlink(elsewhere, link);

    const stopped = await stage.gdpr(['resume', ...FAST]);
    expect(stopped.code).toBe(8);
    expect(JSON.parse(stopped.err.split('\n').at(-1) ?? '')).toMatchObject({
      code: 'storage',
      message: expect.stringContaining('it is a symbolic link'),
    });
    const found = isFile ? readFileSync(elsewhere, 'utf8') : readdirSync(elsewhere);
    expect(found).toEqual(isFile ? 'theirs' : []);

    await rm(link);
    expect((await stage.gdpr(['resume', ...FAST])).code).toBe(0);
    requireSums(bundle);
    requireClosed(bundle);
  });

  test('the folder for bundles may be a link: the operator made it', async () => {
    const stage = await setStage();
    await mkdir(join(stage.dir, 'vault'));
    await symlink(join(stage.dir, 'vault'), join(stage.dir, 'out'));
    const { code, out } = await stage.gdpr(['export', 'ada', '--out', 'out', ...FAST]);
    expect(code).toBe(0);
    const bundle = join(stage.dir, 'vault', JSON.parse(out).request_id);
    requireSums(bundle);
    requireClosed(bundle);
  });
});

describe('a bundle that is there already', () => {
  test('open to everybody, with files of others: it is closed, and they are left', async () => {
    const stage = await setStage();
    const bundle = await waiting(stage);
    await mkdir(join(bundle, 'stream'), { recursive: true });
    await writeFile(join(bundle, 'stream', 'feeds.json'), 'older', { mode: 0o666 });
    await writeFile(
      join(bundle, 'stream', '.feeds.0f0e0d0c-0b0a-4908-8706-050403020100.part'),
      'of a crash',
    );
    await writeFile(join(bundle, 'notes.txt'), 'mine', { mode: 0o600 });
    await chmod(bundle, 0o777);
    await chmod(join(bundle, 'stream'), 0o777);
    expect((await stage.gdpr(['resume', ...FAST])).code).toBe(0);
    requireSums(bundle);
    requireClosed(bundle);
    expect(readFileSync(join(bundle, 'notes.txt'), 'utf8')).toBe('mine');
    expect(
      existsSync(join(bundle, 'stream', '.feeds.0f0e0d0c-0b0a-4908-8706-050403020100.part')),
    ).toBe(false);
  });

  test.each([
    ['a file for the folder', '', (place: string) => writeFile(place, 'x')],
    [
      'a folder for a file',
      'stream/feeds.json',
      (place: string) => mkdir(join(place, 'x'), { recursive: true }),
    ],
  ])('%s: said, and carried on without it', async (_, name, build) => {
    const stage = await setStage();
    const bundle = await waiting(stage);
    await mkdir(join(bundle, '..'), { recursive: true });
    const place = join(bundle, name);
    await build(place);
    const stopped = await stage.gdpr(['resume', ...FAST]);
    expect([stopped.code, stopped.err]).toEqual([8, expect.stringContaining('storage')]);
    await rm(place, { recursive: true });
    expect((await stage.gdpr(['resume', ...FAST])).code).toBe(0);
    requireSums(bundle);
  });
});

describe('modes', () => {
  test.each(['000', '022', '077'])('are closed whatever the umask (%s)', async (umask) => {
    const stage = await setProcessStage();
    const { exitCode } = await execa(
      'sh',
      ['-c', `umask ${umask}; exec "$@"`, 'sh', process.execPath, BIN, 'export', 'ada', ...FAST],
      { cwd: stage.dir, env: stage.env, extendEnv: false, reject: false },
    );
    expect(exitCode).toBe(0);
    requireClosed(join(stage.dir, 'gdpr-exports'));
    requireClosed(join(stage.dir, 'state', 'default'));
  });

  test('a state folder that was open is closed', async () => {
    const stage = await setStage();
    await mkdir(join(stage.dir, 'state', 'default'), { recursive: true });
    await chmod(join(stage.dir, 'state', 'default'), 0o777);
    expect((await stage.gdpr(['export', 'ada', ...FAST])).code).toBe(0);
    requireClosed(join(stage.dir, 'state', 'default'));
  });
});

describe('a link in the way of the ledger', () => {
  test.each(['ledger.sqlite', 'ledger.sqlite-wal', 'ledger.sqlite-shm', 'ledger.sqlite-journal'])(
    '%s: nothing is written through it',
    async (name) => {
      const stage = await setStage();
      const folder = join(stage.dir, 'state', 'default');
      await mkdir(folder, { recursive: true });
      const victim = join(stage.dir, 'victim');
      await writeFile(victim, 'theirs'.repeat(1_000));
      await symlink(victim, join(folder, name));
      const { code } = await stage.gdpr(['export', 'ada', ...FAST]);
      expect([0, 4, 8]).toContain(code);
      expect(readFileSync(victim, 'utf8')).toBe('theirs'.repeat(1_000));
    },
  );

  test('a link to nowhere is not made a file', async () => {
    const stage = await setStage();
    const folder = join(stage.dir, 'state', 'default');
    await mkdir(folder, { recursive: true });
    await symlink(join(stage.dir, 'nowhere'), join(folder, 'ledger.sqlite'));
    expect((await stage.gdpr(['export', 'ada', ...FAST])).code).toBe(4);
    expect(existsSync(join(stage.dir, 'nowhere'))).toBe(false);
    expect(stage.log).toEqual([]);
  });
});
