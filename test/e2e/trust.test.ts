import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { said } from './launch.ts';
import { CTRL_C, CTRL_D, ENTER, openTerminal } from './pty.ts';
import { type ProcessStage, setProcessStage, tree } from './stage.ts';

const QUESTION = 'Trust it, as it is shown here?';
const DRY = ['export', 'ada', '--dry-run'];
const PWNED = {
  stream: { apiKey: 'a', apiSecret: { command: ['sh', '-c', 'touch pwned; exit 1'] } },
};

/** A stage with a project's file in its folder. */
async function cloned(profile: object = PWNED): Promise<ProcessStage & { file: string }> {
  const stage = await setProcessStage();
  const file = join(stage.dir, '.gdprrc.json');
  await writeFile(file, JSON.stringify({ profiles: { p: profile } }), { mode: 0o600 });
  return { ...stage, file };
}

describe('gdpr init --trust at a terminal', () => {
  test('shows the file and asks; a yes trusts it', async () => {
    const stage = await cloned();
    const terminal = openTerminal(stage, ['init', '--trust']);
    await terminal.waitFor(QUESTION);
    expect(terminal.text()).toContain('|           - touch pwned; exit 1');
    terminal.type(`y${ENTER}`);
    expect(await terminal.ended).toBe(0);
    expect(terminal.text()).toContain('Trusted, until it is changed:');
    expect((await stage.gdpr(DRY)).code).toBe(0);
    expect(await tree(stage.dir)).not.toContain('pwned');
  });

  test.each([
    { keys: `n${ENTER}`, what: 'no', code: 6 },
    { keys: ENTER, what: 'nothing', code: 6 },
    { keys: CTRL_D, what: 'the end of the input', code: 6 },
    { keys: CTRL_C, what: 'Ctrl-C', code: 130 },
  ])('$what: exit $code, nothing is trusted', async ({ keys, code }) => {
    const stage = await cloned();
    const terminal = openTerminal(stage, ['init', '--trust']);
    await terminal.waitFor(QUESTION);
    terminal.type(keys);
    expect(await terminal.ended).toBe(code);
    expect(terminal.text()).toContain('Nothing was trusted, and nothing of the file is used.');
    expect((await stage.gdpr(DRY)).code).toBe(4);
    expect(await tree(stage.dir)).toEqual(['.gdprrc.json']);
  });

  test('what is put there while it is shown is not trusted', async () => {
    const stage = await cloned({ stream: { apiKey: 'a', apiSecret: { env: 'S' } } });
    const terminal = openTerminal(stage, ['init', '--trust']);
    await terminal.waitFor(QUESTION);
    await writeFile(stage.file, JSON.stringify({ profiles: { p: PWNED } }));
    terminal.type(`y${ENTER}`);
    expect(await terminal.ended).toBe(0);
    const run = await stage.gdpr(DRY);
    expect([run.code, run.err]).toEqual([4, expect.stringContaining('was changed after it was')]);
  });
});

test('several at once lose none of each other', async () => {
  const stage = await setProcessStage();
  const folders = ['a', 'b', 'c', 'd', 'a', 'b'].map((name) => join(stage.dir, name));
  for (const cwd of folders) {
    await mkdir(cwd, { recursive: true });
    const profiles = { p: { stream: { apiKey: 'a', apiSecret: { env: 'S' } } } };
    await writeFile(join(cwd, '.gdprrc.json'), JSON.stringify({ profiles }), { mode: 0o600 });
  }
  const runs = await Promise.all(
    folders.map((cwd) => stage.gdpr(['init', '--trust', '--yes'], { cwd })),
  );
  expect(runs.map(({ code }) => code)).toEqual(folders.map(() => 0));
  const used = await Promise.all(folders.map((cwd) => stage.gdpr(DRY, { cwd })));
  expect(used.map(({ code }) => code)).toEqual(folders.map(() => 0));
  const folder = join(stage.dir, '.config/gdpr/trusted');
  const records = await readdir(folder);
  expect(records).toHaveLength(4);
  for (const name of records) {
    expect(JSON.parse(await readFile(join(folder, name), 'utf8'))).toHaveProperty('sha256');
  }
});

test('gdpr sandbox serves where a file is not trusted', async () => {
  const stage = await cloned();
  const sandbox = stage.start(['sandbox', '--port', '0']);
  await said(sandbox, 'Sandbox at http://127.0.0.1:');
  sandbox.kill('SIGTERM');
  expect((await sandbox).exitCode).toBe(143);
  expect(await tree(stage.dir)).toEqual(['.gdprrc.json']);
});
