import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Stage, setProcessStage, setStage, tree } from './stage.ts';

const FAST = ['--poll-interval', '10ms'];

/** What a bundle and its receipt must have in common, whatever happened on the way. */
async function outcome(stage: Stage): Promise<unknown> {
  const out = join(stage.dir, 'gdpr-exports');
  const id = (await readdir(out)).find((name) => name.startsWith('req_')) ?? '';
  const receipt = JSON.parse(await readFile(join(out, id, 'receipt.json'), 'utf8'));
  return {
    files: await tree(join(out, id)),
    receipt: {
      ...receipt,
      request_id: null,
      bundle: null,
      created_at: null,
      finished_at: null,
      ledger: null,
      steps: receipt.steps.map((step: object) => ({
        ...step,
        task_id: null,
        intended_at: null,
        accepted_at: null,
        finished_at: null,
        attempts: null,
        checks: null,
        note: null,
      })),
    },
  };
}

async function uninterrupted(): Promise<unknown> {
  const stage = await setStage();
  expect((await stage.gdpr(['export', 'ada', ...FAST])).code).toBe(0);
  return outcome(stage);
}

describe('kill -9 at any instant, then gdpr resume', () => {
  test.each([
    {
      instant: 'before the call takes effect',
      fault: 'hold@exportUsers',
      call: 'exportUsers',
      starts: 2,
    },
    {
      instant: 'before the call takes effect',
      fault: 'hold@registerGdprAccess',
      call: 'registerGdprAccess',
      starts: 2,
    },
    {
      instant: 'after the call, before its answer',
      fault: 'hold-answer@exportUsers',
      call: 'exportUsers',
      starts: 2,
    },
    {
      instant: 'after the call, before its answer',
      fault: 'hold-answer@registerGdprAccess',
      call: 'registerGdprAccess',
      starts: 1,
    },
    { instant: 'while checking', fault: 'hold@getTask', call: 'exportUsers', starts: 1 },
    {
      instant: 'while checking',
      fault: 'hold@viewGdprRequest',
      call: 'registerGdprAccess',
      starts: 1,
    },
    {
      instant: 'in the middle of a download',
      fault: 'hold-file@exportUsers',
      call: 'exportUsers',
      starts: 1,
    },
    {
      instant: 'in the middle of a download',
      fault: 'hold-file@registerGdprAccess',
      call: 'registerGdprAccess',
      starts: 1,
    },
  ])('$instant ($fault): the same bundle and receipt', async ({ fault, call, starts }) => {
    const stage = await setProcessStage({ faults: [fault] });
    const victim = stage.start(['export', 'ada', ...FAST]);
    await stage.sandbox.control.waitForHeld();
    victim.kill('SIGKILL');
    expect((await victim).signal).toBe('SIGKILL');
    stage.sandbox.control.setFaults([]);
    stage.sandbox.control.open();

    const resumed = await stage.gdpr(['resume', ...FAST]);
    expect([resumed.code, resumed.err]).toEqual([0, expect.any(String)]);
    expect(await outcome(stage)).toEqual(await uninterrupted());
    // A held call whose caller dies never takes effect; it is logged all the same.
    expect(stage.calls(call)).toBe(starts);
    expect((await stage.gdpr(['resume'])).err).toBe('Nothing is open.');
  });
});

describe('gdpr resume', () => {
  test('repeats what failed for a passing reason, and says so', async () => {
    const stage = await setStage({ faults: ['task-fails@exportUsers=1'] });
    const first = await stage.gdpr(['export', 'ada', ...FAST]);
    expect(first.code).toBe(3);
    expect(first.err).toMatch(/gdpr resume req_/);
    const second = await stage.gdpr(['resume', ...FAST]);
    expect(second.code).toBe(0);
    expect(stage.calls('exportUsers')).toBe(2);
    expect(stage.calls('exportFeedUserData')).toBe(1);
  });

  test('gives up repeating after three times, until --failed', async () => {
    const stage = await setStage({ faults: ['task-fails@exportUsers'], rate: 1000 });
    await stage.gdpr(['export', 'ada', ...FAST]);
    for (let time = 0; time < 3; time += 1) {
      expect((await stage.gdpr(['resume', ...FAST])).code).toBe(3);
    }
    expect(stage.calls('exportUsers')).toBe(4);
    const { code, err } = await stage.gdpr(['resume', ...FAST]);
    expect(code).toBe(0);
    expect(err).toMatch(
      /1 request is unsettled:\n.*\(partial\)\n.*: gdpr resume --failed req_\w+\n/,
    );
    stage.sandbox.control.setFaults([]);
    expect((await stage.gdpr(['resume', '--failed', ...FAST])).code).toBe(0);
  });

  test('--once makes one pass and leaves with 8 while work remains', async () => {
    const stage = await setStage({ faults: ['task-never-ends@exportUsers'] });
    await stage.gdpr(['export', 'ada', '--no-wait', ...FAST]);
    const pass = await stage.gdpr(['resume', '--once']);
    expect(pass.code).toBe(8);
    expect(stage.calls('exportUsers')).toBe(1);
  });

  test('does not know a request that is not there', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['resume', 'req_01ARZ3NDEKTSV4RRFFQ69G5FAV']);
    expect(run.code).toBe(1);
    expect(run.err).toContain('No such request');
  });

  test('a step of another account is neither sent nor checked: exit 4 names both', async () => {
    const stage = await setStage();
    await stage.gdpr(['export', 'ada', '--no-wait', ...FAST]);
    const before = stage.log.length;
    const env = { ...stage.env, STREAM_API_KEY: 'another', SENDBIRD_APP_ID: 'ANOTHER' };
    const run = await stage.gdpr(['resume', ...FAST], { env });
    expect(run.code).toBe(4);
    expect(run.err).toContain('key-canary-8431@');
    expect(run.err).toContain('another@');
    expect(stage.log.length).toBe(before);
  });
});
