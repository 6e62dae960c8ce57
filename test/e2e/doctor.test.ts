import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { trust } from '../support/trust.ts';
import { setProcessStage, tree } from './stage.ts';

test('all is well: exit 0, a line for each check, and nothing is made', async () => {
  const stage = await setProcessStage();
  const run = await stage.gdpr(['doctor']);
  expect([run.code, run.err]).toEqual([0, '']);
  expect(run.out).toMatch(/^ok {5}node: 24\./);
  expect(run.out).toMatch(/\n27 checks: 27 ok, 0 warnings, 0 faults\.$/);
  for (const line of run.out.split('\n')) expect(line).toMatch(/^(?:ok {5}| {7}|27 checks)/);
  expect(await tree(stage.dir)).toEqual([]);
});

test('what is wrong is red, all of it, with what to do: exit 1', async () => {
  const stage = await setProcessStage();
  const config = join(stage.dir, '.gdprrc.json');
  await stage.gdpr(['export', 'ada', '--no-wait', '--received', '2020-01-02']);
  stage.sandbox.control.setFaults(['http-503@sendbird']);
  await writeFile(join(stage.dir, 'gdpr-exports-file'), '');
  const out = join('gdpr-exports-file', 'below');
  const env = { ...stage.env, STREAM_API_SECRET: 'wrong-canary-5f20c1' };
  const run = await stage.gdpr(['doctor', '--json', '--out', out], { env });
  expect(run.code).toBe(1);
  const checks: { check: string; state: string; next: string | null }[] = JSON.parse(
    run.out,
  ).checks;
  const faults = checks.filter(({ state }) => state === 'fault');
  expect(faults.map(({ check }) => check)).toEqual([
    'stream',
    'sendbird',
    'overdue',
    'disk.bundles',
  ]);
  for (const { next } of faults) expect(next).not.toBeNull();
  expect(JSON.parse(run.err)).toMatchObject({ schema: 'gdpr-error/1', exit: 1 });
  expect(run.out + run.err).not.toMatch(/wrong-canary|token-canary|secret-canary/);

  await writeFile(config, '{ "profiles": { "p": { "strem": {} } } }', { mode: 0o600 });
  trust(config, stage.dir);
  const unread = await stage.gdpr(['doctor', '--quiet']);
  expect(unread.code).toBe(1);
  expect(unread.out).toMatch(/^FAULT {2}configuration: The configuration is not usable:\n {7}\S/);
  expect(unread.out).toContain('Did you mean "stream"?');
  expect(unread.out).not.toMatch(/^ok/m);
});
