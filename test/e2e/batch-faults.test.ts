import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JOB_TYPES } from '../../src/worker/queues.ts';
import { csv, resultsOf, submissions } from './batch.ts';
import { type Stage, setProcessStage, setStage } from './stage.ts';

const FAST = ['--poll-interval', '5ms', '--rate-share', '1'];

/** Without the one whose export is cut. */
function idsOf(stage: Pick<Stage, 'sandbox'>, number: number): string[] {
  const ids = stage.sandbox.control.idsAtBoth(number + 1);
  return ids.filter((id) => id !== 'prolific');
}

async function people(stage: Pick<Stage, 'sandbox' | 'dir'>, number: number): Promise<string> {
  return csv(stage, ['user_id', ...idsOf(stage, number)]);
}

function eraseOf(file: string, number: number): string[] {
  return ['erase', '--csv', file, '--hard', '--yes', '--max-subjects', String(number), ...FAST];
}

/** How many calls are under way at once. */
const PLACES = JOB_TYPES.send.atOnce;

const DELETIONS = ['deleteFeedUserData', 'deleteUsers', 'registerGdprDelete'];

describe('a crash in the middle of a batch', () => {
  test('the same command again finishes it, and each subject was submitted once', async () => {
    // Several pages of the queue, and more than is remembered or outstanding at once.
    const number = 2_000;
    const stage = await setProcessStage({ users: number + 1, rate: 100_000 });
    const file = await people(stage, number);
    const args = [...eraseOf(file, number), '--results', 'r.csv'];
    stage.sandbox.control.addFault('hold@deleteUsers');
    const victim = stage.start(args);
    await stage.sandbox.control.waitForHeld('deleteUsers');
    // Every place for a call is taken by one that is held before it has an effect: no answer is lost.
    stage.sandbox.control.addFault('hold@deleteFeedUserData');
    stage.sandbox.control.open('deleteUsers');
    await stage.sandbox.control.waitForHeld('deleteFeedUserData', PLACES);
    victim.kill('SIGKILL');
    await victim;
    stage.sandbox.control.setFaults([]);
    stage.sandbox.control.open();

    const run = await stage.gdpr(args);
    expect(run).toMatchObject({ code: 0 });
    for (const operation of DELETIONS) {
      const times = submissions(stage, operation);
      expect(times.size).toBe(number);
      expect(Math.max(...times.values())).toBe(1);
    }
    const rows = await resultsOf(stage, 'r.csv');
    expect(rows).toHaveLength(number);
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['completed']));
  });
});

describe('faults that last', () => {
  test('a storm of refusals for rate loses nothing and repeats nothing that was taken', async () => {
    const stage = await setStage({ users: 60, rate: 1000, faults: ['http-429=0.3'] });
    const run = await stage.gdpr(eraseOf(await people(stage, 50), 50));
    expect(run).toMatchObject({ code: 0 });
    expect(stage.log.some(({ status }) => status === 429)).toBe(true);
    for (const operation of DELETIONS) {
      expect([...submissions(stage, operation).values()].every((times) => times === 1)).toBe(true);
    }
  });

  test('one provider is down for half of the batch: the other half completes; the re-run ends it', async () => {
    const stage = await setStage({ users: 60, rate: 1000, faults: ['http-503@sendbird'] });
    const ids = idsOf(stage, 40);
    const file = await csv(stage, [
      'stream_id,sendbird_id',
      ...ids.map((id, index) => (index % 2 === 0 ? `${id},` : `,${id}`)),
    ]);
    const args = ['export', '--csv', file, '--results', 'r.csv', ...FAST];
    const run = await stage.gdpr(args);
    expect(run).toMatchObject({ code: 5 });
    expect(run.err).toContain('Sendbird');
    const states = (await resultsOf(stage, 'r.csv')).map(({ state }) => state);
    expect(states.filter((state) => state === 'completed')).toHaveLength(20);
    expect(states.filter((state) => state === 'open')).toHaveLength(20);
    stage.sandbox.control.setFaults([]);
    const before = stage.log.length;
    const again = await stage.gdpr(args);
    expect(again).toMatchObject({ code: 0 });
    const called = new Set(stage.log.slice(before).map(({ provider }) => provider));
    expect(called).toEqual(new Set(['sendbird']));
  });

  test('credentials revoked in the middle: exit 4, and nobody is marked as failed', async () => {
    const stage = await setStage({ users: 60, rate: 1000 });
    const file = await people(stage, 40);
    stage.sandbox.control.addFault('hold@exportUsers');
    const running = stage.start(['export', '--csv', file, '--results', 'r.csv', ...FAST]);
    await stage.sandbox.control.waitForHeld('exportUsers');
    stage.sandbox.control.setFaults(['unauthorized']);
    stage.sandbox.control.open();
    const { exitCode } = await running;
    expect(exitCode).toBe(4);
    const states = (await resultsOf(stage, 'r.csv')).map(({ state }) => state);
    expect(states.filter((state) => state !== 'open' && state !== 'completed')).toEqual([]);
    expect(states).toContain('open');
    stage.sandbox.control.setFaults([]);
    const again = await stage.gdpr(['export', '--csv', file, '--results', 'r.csv', ...FAST]);
    expect(again).toMatchObject({ code: 0 });
  });

  test('Ctrl-C in the middle: the results say what is open, and the same command goes on', async () => {
    const stage = await setStage({ users: 60, rate: 1000, faults: ['hold@getTask'] });
    const file = await people(stage, 20);
    const args = ['export', '--csv', file, '--results', 'r.csv', ...FAST];
    const running = stage.start(args);
    await stage.sandbox.control.waitForHeld('getTask');
    running.kill('SIGINT');
    stage.sandbox.control.setFaults([]);
    stage.sandbox.control.open();
    const { exitCode } = await running;
    expect(exitCode).toBe(130);
    expect(await readFile(join(stage.dir, 'r.csv'), 'utf8')).toContain(',open,');
    const again = await stage.gdpr(args);
    expect(again).toMatchObject({ code: 0 });
    for (const operation of ['exportUsers', 'exportFeedUserData', 'registerGdprAccess']) {
      expect([...submissions(stage, operation).values()].every((times) => times === 1)).toBe(true);
    }
  });
});
