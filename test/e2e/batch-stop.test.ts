import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { csv, resultsOf } from './batch.ts';
import { setStage } from './stage.ts';

const FAST = ['--poll-interval', '5ms', '--rate-share', '1'];

describe('a signal before anything is recorded', () => {
  test('while the limits are asked for, with --yes: nothing is recorded or confirmed', async () => {
    const stage = await setStage({ faults: ['hold@getRateLimits'] });
    const file = await csv(stage, ['user_id', 'ada', 'user-000001']);
    const running = stage.start(['erase', '--csv', file, '--hard', '--yes', ...FAST]);
    await stage.sandbox.control.waitForHeld('getRateLimits');
    running.kill('SIGINT');
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('Nothing was sent or recorded.');
    stage.sandbox.control.setFaults([]);
    stage.sandbox.control.open();
    expect((await stage.gdpr(['status', '--all', '--offline'])).out).not.toContain('req_');
  });
});

test('what was undone in between is done again, and not taken for settled', async () => {
  const stage = await setStage({ rate: 1000 });
  const file = await csv(stage, ['user_id', 'ada', 'user-000001']);
  const about = ['--csv', file, '--provider', 'stream', '--yes', ...FAST];
  for (const [command, visible] of [
    ['erase', false],
    ['restore', true],
    ['erase', false],
    ['restore', true],
  ] as const) {
    expect(await stage.gdpr([command, ...about])).toMatchObject({ code: 0 });
    expect(stage.sandbox.control.user('stream', 'ada').visible).toBe(visible);
  }
  expect((await stage.gdpr(['restore', ...about])).err).toContain('2 rows skipped');
});

test('an export with one person in the way records nobody, and a dry run says so', async () => {
  const stage = await setStage({ users: 700, rate: 1000 });
  const ids = stage.sandbox.control.idsAtBoth(620);
  const last = ids.at(-1) ?? '';
  await stage.gdpr(['erase', last, '--hard', '--yes', '--no-wait', ...FAST]);
  const before = stage.log.length;
  const file = await csv(stage, ['user_id', ...ids]);
  const dry = await stage.gdpr(['export', '--csv', file, '--dry-run']);
  expect(dry).toMatchObject({ code: 0 });
  expect(dry.out).toContain('Would be refused');
  const run = await stage.gdpr(['export', '--csv', file]);
  expect(run).toMatchObject({ code: 6 });
  expect(run.err).toContain(last);
  expect(stage.log.length).toBe(before);
  const { out } = await stage.gdpr(['status', '--all', '--json', '--offline']);
  expect(out.match(/"action":"export"/g)).toBeNull();
});

test('the command that goes on does not begin anew', async () => {
  const stage = await setStage({ users: 30, rate: 1000, faults: ['task-fails@exportUsers'] });
  const ids = stage.sandbox.control.idsAtBoth(6);
  const file = await csv(stage, ['user_id', ...ids]);
  const run = await stage.gdpr(['export', '--csv', file, '--new', ...FAST]);
  const again = run.out.split('\n').find((line) => line.startsWith('Again')) ?? '';
  expect(again).toContain(`export --csv ${file}`);
  expect(again).not.toContain('--new');
});

test('a disk that fails under the bundles ends the work, and everybody is told of all the same', async () => {
  const stage = await setStage({ users: 30, rate: 1000 });
  const ids = stage.sandbox.control.idsAtBoth(4);
  const file = await csv(stage, ['user_id', ...ids]);
  const out = ['--out', join(stage.dir, 'bundles'), '--results', 'r.csv'];
  stage.sandbox.control.addFault('hold@downloadFile');
  const running = stage.start(['export', '--csv', file, '--json', ...out, ...FAST]);
  await stage.sandbox.control.waitForHeld('downloadFile');
  // A file in the place of the folder: nothing can be written below it any more.
  await rm(join(stage.dir, 'bundles'), { recursive: true });
  await writeFile(join(stage.dir, 'bundles'), '');
  stage.sandbox.control.setFaults([]);
  stage.sandbox.control.open();
  const { stdout, exitCode } = await running;
  const lines = stdout.split('\n');
  const told = new Set(lines.map((line) => JSON.parse(line).subject.user_id));
  expect([lines.length, told]).toEqual([4, new Set(ids)]);
  expect(await resultsOf(stage, 'r.csv')).toHaveLength(4);
  expect(exitCode).toBe(8);
});
