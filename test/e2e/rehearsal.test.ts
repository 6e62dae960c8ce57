import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { said } from './launch.ts';
import { type ProcessStage, setProcessStage, tree } from './stage.ts';

const BIN = resolve(import.meta.dirname, '../../bin/gdpr.ts');

/** The variables of a rehearsal, and a configuration whose only profile is another sandbox. */
async function twoAccounts(): Promise<{ stage: ProcessStage; production: ProcessStage }> {
  const [stage, production] = [await setProcessStage(), await setProcessStage()];
  await configure(stage, production);
  return { stage, production };
}

async function configure({ dir }: Pick<ProcessStage, 'dir'>, { env }: ProcessStage): Promise<void> {
  const stream = {
    apiKey: env['STREAM_API_KEY'],
    apiSecret: env['STREAM_API_SECRET'],
    baseUrl: env['STREAM_BASE_URL'],
  };
  const folder = join(dir, '.config', 'gdpr');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ profiles: { production: { stream } } });
  await writeFile(join(folder, '.gdprrc.json'), text, { mode: 0o600 });
}

describe('variables of a rehearsal beside a configuration', () => {
  test.each([[[]], [['--quiet']]])('erase nobody anywhere (%j)', async (flags) => {
    const { stage, production } = await twoAccounts();
    const run = await stage.gdpr(['erase', 'ada', '--hard', '--yes', ...flags]);
    expect(run.code).toBe(4);
    expect(run.err).toContain(`Stream app key-canary-8431 at ${production.sandbox.origin}`);
    expect(run.err).toContain(`Stream app key-canary-8431 at ${stage.sandbox.origin}`);
    expect(run.err).toMatch(/Nothing was sent\..*--profile production.*--profile environment/);
    expect(`${run.out}${run.err}`).not.toMatch(/(?:secret|token)-canary/);
    expect([stage.log, production.log]).toEqual([[], []]);
    expect((await tree(stage.dir)).filter((file) => file.startsWith('state'))).toEqual([]);
  });

  test.each([['environment'], ['production']])('erase at %s where that is chosen', async (name) => {
    const { stage, production } = await twoAccounts();
    const run = await stage.gdpr(['--profile', name, 'erase', 'ada', '--hard', '--yes']);
    expect(run.code).toBe(0);
    const [chosen, other] = name === 'production' ? [production, stage] : [stage, production];
    expect([chosen.calls('deleteUsers'), other.log]).toEqual([1, []]);
    expect(run.err).toMatch(new RegExp(`in profile ${name} \\(Stream app\\skey-canary-8431`));
    expect(await readdir(join(stage.dir, 'state'))).toEqual([name]);
  });
});

test('what gdpr sandbox prints works as it stands, whatever the configuration', async () => {
  const production = await setProcessStage();
  const { dir } = production;
  await configure(production, production);
  const env = { HOME: dir, PATH: process.env['PATH'] ?? '' };
  const options = { cwd: dir, env, extendEnv: false, reject: false } as const;
  const sandbox = production.start(['sandbox', '--port', '0', '--users', '5'], { env });
  onTestFinished(async () => {
    sandbox.kill('SIGINT');
    await sandbox;
  });
  let lines = '';
  sandbox.stdout?.on('data', (chunk: Buffer) => (lines += chunk.toString()));
  await said(sandbox, 'Sandbox at');
  const script = `${lines}exec "$@"`;
  const gdpr = (...args: string[]) =>
    execa('sh', ['-c', script, 'sh', process.execPath, BIN, ...args], options);
  const run = await gdpr('erase', 'ada', '--hard', '--yes');
  expect([run.exitCode, production.log]).toEqual([0, []]);
  expect(run.stderr).toMatch(/in profile environment \(Stream app sandbox-key,\sSendbird app/);
  const files = (await tree(dir)).filter((file) => file.endsWith('ledger.sqlite'));
  expect(files).toEqual([
    expect.stringMatching(/gdpr-sandbox\/[^/]+\/environment\/ledger\.sqlite$/),
  ]);
  expect((await gdpr('status', '--all')).stdout).toContain('ada');
});
