import { describe, expect, test } from 'vitest';
import { setProcessStage } from './stage.ts';

const FAST = ['--poll-interval', '10ms'];

describe('being told to stop', () => {
  test.each([
    { signal: 'SIGINT', code: 130, name: 'Ctrl-C' },
    { signal: 'SIGTERM', code: 143, name: 'SIGTERM' },
    { signal: 'SIGHUP', code: 129, name: 'SIGHUP' },
  ] as const)(
    '$signal: the providers go on, nothing is lost, exit $code',
    async ({ signal, code, name }) => {
      const stage = await setProcessStage({ faults: ['hold@getTask', 'task-never-ends@sendbird'] });
      const running = stage.start(['export', 'ada', ...FAST]);
      await stage.sandbox.control.waitForHeld('getTask');
      running.kill(signal);
      const run = await running;
      expect(run.exitCode).toBe(code);
      expect(run.stderr).toContain(`Stopped by ${name}.`);
      expect(run.stderr).toMatch(/Nothing is lost: gdpr resume req_/);
      stage.sandbox.control.setFaults([]);
      stage.sandbox.control.open();
      const status = await stage.gdpr(['status', '--json', '--offline']);
      const states = JSON.parse(status.out).steps.map((step: { state: string }) => step.state);
      expect(states).toEqual(['accepted', 'accepted', 'accepted']);
    },
  );

  test('a call that has left is finished, and its task id kept', async () => {
    const stage = await setProcessStage({ faults: ['hold-answer@exportUsers', 'task-never-ends'] });
    const running = stage.start(['export', 'ada', ...FAST]);
    await stage.sandbox.control.waitForHeld('exportUsers');
    running.kill('SIGINT');
    stage.sandbox.control.open();
    expect((await running).exitCode).toBe(130);
    const status = await stage.gdpr(['status', '--json', '--offline']);
    const [, users] = JSON.parse(status.out).steps;
    expect(users).toMatchObject({
      operation: 'export_users',
      state: 'accepted',
      task_id: expect.any(String),
    });
  });

  test('twice: out at once, and resume carries on', async () => {
    const stage = await setProcessStage({ faults: ['hold@exportUsers'] });
    const running = stage.start(['export', 'ada', ...FAST]);
    await stage.sandbox.control.waitForHeld('exportUsers');
    running.kill('SIGINT');
    running.kill('SIGINT');
    // Signals that come in one turn count once: it is sent until it is heard twice.
    const over = new AbortController();
    void running.finally(() => over.abort());
    while (!over.signal.aborted) {
      running.kill('SIGINT');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await running).exitCode).toBe(130);
    stage.sandbox.control.setFaults([]);
    stage.sandbox.control.open();
    expect((await stage.gdpr(['resume', ...FAST])).code).toBe(0);
  });

  test('a closed pipe ends quietly with the true code', async () => {
    const stage = await setProcessStage({ faults: ['hold@exportUsers'] });
    const running = stage.start(['export', 'ada', '--json', ...FAST]);
    await stage.sandbox.control.waitForHeld('exportUsers');
    running.stdout?.destroy();
    stage.sandbox.control.open();
    const run = await running;
    expect([run.exitCode, String(run.stderr).includes('EPIPE')]).toEqual([0, false]);
    expect((await stage.gdpr(['status', '--all', '--json'])).out).toContain('"completed"');
  });
});
