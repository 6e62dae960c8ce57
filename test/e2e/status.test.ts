import { describe, expect, test } from 'vitest';
import { CTRL_C, openTerminal } from './pty.ts';
import { papers, workCalls } from './receipts.ts';
import { type Stage, setProcessStage, setStage } from './stage.ts';

const FAST = ['--poll-interval', '5ms'];

interface Document {
  request_id: string;
  state: string;
  steps: { operation: string; state: string; checks: number; next_check_at: string | null }[];
  calls: { task_id: string | null }[];
  held_by: { pid: number } | null;
}

async function status(stage: Stage, ...args: string[]) {
  const { code, out, err } = await stage.gdpr(['status', '--json', ...args]);
  const documents: Document[] = out === '' ? [] : out.split('\n').map((line) => JSON.parse(line));
  return { code, err, documents, states: documents[0]?.steps.map(({ state }) => state) };
}

/** Everything is sent, and every task is done at its provider. */
async function left(stage: Stage, args: readonly string[]): Promise<void> {
  stage.sandbox.control.setFaults([
    'hold@getTask',
    'hold@viewGdprRequest',
    'hold@listGdprRequests',
  ]);
  const { code } = await stage.gdpr([...args, '--no-wait', ...FAST]);
  expect(code).toBe(8);
  stage.sandbox.control.setFaults([]);
  stage.sandbox.control.open();
}

describe('gdpr status', () => {
  test('refreshes what runs, with one call a task, and sends, fetches and looks for nothing', async () => {
    const stage = await setStage();
    await left(stage, ['export', 'ada']);
    expect((await status(stage, '--offline')).states).toEqual(['accepted', 'accepted', 'accepted']);
    const before = stage.log.length;
    const { code, documents, states } = await status(stage);
    expect([code, states]).toEqual([8, ['reported', 'reported', 'reported']]);
    expect(documents[0]?.calls).toHaveLength(3);
    expect(
      stage.log
        .slice(before)
        .map(({ operation }) => operation)
        .toSorted(),
    ).toEqual(['getTask', 'getTask', 'viewGdprRequest']);
    // Nothing runs any more: nobody is asked again.
    await status(stage);
    expect(stage.log).toHaveLength(before + 3);
    expect((await stage.gdpr(['resume', ...FAST])).code).toBe(0);
  });

  test('asks Sendbird once for many requests', async () => {
    const stage = await setStage({ users: 40, rate: 1000 });
    const people = stage.sandbox.control.idsAtBoth(30);
    await left(stage, ['export', ...people, '--provider', 'sendbird']);
    const before = stage.log.length;
    const { documents } = await status(stage);
    expect(documents).toHaveLength(30);
    expect(documents.flatMap(({ steps }) => steps.map(({ state }) => state))).toEqual(
      people.map(() => 'reported'),
    );
    expect(stage.log.slice(before).map(({ operation }) => operation)).toEqual(['listGdprRequests']);
  });

  test('refreshes only what it shows', async () => {
    const stage = await setStage();
    await left(stage, ['export', ...stage.sandbox.control.idsAtBoth(3), '--provider', 'stream']);
    const before = stage.calls('getTask');
    expect((await status(stage, '--limit', '1')).documents).toHaveLength(1);
    expect(stage.calls('getTask') - before).toBe(2);
  });

  test('only reads what another process holds, and says who', async () => {
    const stage = await setStage({ faults: ['hold@viewGdprRequest'] });
    const running = stage.start(['export', 'ada', '--provider', 'sendbird', ...FAST]);
    await stage.sandbox.control.waitForHeld('viewGdprRequest');
    const before = stage.log.length;
    const { documents, states } = await status(stage);
    expect(states).toEqual(['accepted']);
    expect(documents[0]?.held_by?.pid).toBe(running.pid);
    expect(stage.log).toHaveLength(before);
    const { out } = await stage.gdpr(['status', 'ada']);
    expect(out).toContain(`Process ${running.pid} on`);
    stage.sandbox.control.open();
    expect((await running).exitCode).toBe(0);
  });

  test.each([
    { fault: 'unauthorized@sendbird', says: 'Sendbird refuses the credentials (' },
    { fault: 'http-503@sendbird', says: 'Sendbird does not answer (' },
  ])(
    'under $fault it says so in one line, and shows what the ledger knows',
    async ({ fault, says }) => {
      const stage = await setStage();
      await left(stage, ['export', 'ada']);
      stage.sandbox.control.setFaults([fault]);
      const { code, out, err } = await stage.gdpr(['status']);
      expect(code).toBe(8);
      const lines = err.split('\n').filter((line) => line.includes('shown as last recorded'));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(says);
      expect(out).toMatch(/Stream … ready, not fetched yet · Sendbird … running/);
    },
  );

  test('a provider that is not configured any more is not asked', async () => {
    const stage = await setStage();
    await left(stage, ['export', 'ada']);
    for (const name of Object.keys(stage.env)) {
      if (/^(STREAM|SENDBIRD)_/.test(name)) Reflect.deleteProperty(stage.env, name);
    }
    const { code, err, states } = await status(stage);
    expect([code, states]).toEqual([8, ['accepted', 'accepted', 'accepted']]);
    expect(err).toContain('No provider is configured, so none was asked (as with --offline)');
  });

  test('of one: everything about it; once it is settled, its receipt', async () => {
    const stage = await setStage({ taskTime: 3_600_000 });
    const { paper } = await papers(stage, ['erase', 'ada', '--hard', '--yes', '--no-wait']);
    const { code, out } = await stage.gdpr(['status', paper.request_id]);
    expect(code).toBe(8);
    expect(out).toContain(`Request  ${paper.request_id}`);
    expect(out).toMatch(/feed data …\s+running\n.*sent .* UTC: accepted/);
    expect(out).toContain('waits for feed data');
    expect(out).toMatch(/next check .* UTC/);
    expect(out).toContain(`gdpr resume ${paper.request_id}`);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    await stage.gdpr(['close', paper.request_id, '--reason', 'enough', '--yes']);
    const closed = await stage.gdpr(['status', 'ada']);
    expect([closed.code, closed.out]).toEqual([0, expect.stringContaining('Receipt  req_')]);
  });

  test('bad news of a task are not believed by looking often', async () => {
    const stage = await setStage({ faults: ['task-fails@exportUsers', 'hold@getTask'] });
    const started = await stage.gdpr([
      'export',
      'ada',
      '--provider',
      'stream',
      '--no-wait',
      ...FAST,
    ]);
    expect(started.code).toBe(8);
    stage.sandbox.control.open();
    for (let looks = 0; looks < 3; looks += 1) await status(stage);
    const { documents } = await status(stage);
    const users = documents[0]?.steps.find(({ operation }) => operation === 'export_users');
    expect(users).toMatchObject({ state: 'accepted', checks: 1 });
  });
});

describe('gdpr status --watch', () => {
  test('with --json it prints a document for each change, and ends when all is settled', async () => {
    const stage = await setStage({ faults: ['hold@getTask', 'hold@viewGdprRequest'] });
    await papers(stage, ['export', 'ada', '--no-wait']);
    const watching = stage.start(['status', '--watch', '--json', ...FAST]);
    await stage.sandbox.control.waitForHeld(null, 3);
    stage.sandbox.control.setFaults([]);
    stage.sandbox.control.open();
    const resumed = await stage.gdpr(['resume', ...FAST]);
    expect([0, 8]).toContain(resumed.code);
    while ((await status(stage, '--offline')).code !== 0) await stage.gdpr(['resume', ...FAST]);
    const { exitCode, stdout } = await watching;
    const documents: Document[] = stdout.split('\n').map((line) => JSON.parse(line));
    expect(exitCode).toBe(0);
    expect(documents.at(-1)?.state).toBe('completed');
    // Each of them differs from the one before.
    const told = documents.map(({ state, steps }) =>
      JSON.stringify([state, steps.map((step) => step.state)]),
    );
    expect(told.filter((each, index) => each === told[index - 1])).toEqual([]);
  });

  test('in plain lines it prints again only when something changed', async () => {
    const stage = await setStage({ taskTime: 3_600_000 });
    const { paper } = await papers(stage, ['export', 'ada', '--provider', 'sendbird', '--no-wait']);
    const before = stage.calls('viewGdprRequest');
    const watching = stage.start(['status', '--watch', ...FAST]);
    await stage.until(() => stage.calls('viewGdprRequest') >= before + 4);
    // Between two looks: time passes only while it sleeps.
    await stage.clock.sleep(1);
    const closed = await stage.gdpr(['close', paper.request_id, '--reason', 'x', '--yes']);
    expect([0, 6]).toContain(closed.code);
    while ((await status(stage, '--offline')).code !== 0) {
      await stage.gdpr(['close', paper.request_id, '--reason', 'x', '--yes']);
    }
    const { exitCode, stdout } = await watching;
    expect(exitCode).toBe(0);
    expect(stdout.match(/req_/g)).toHaveLength(1);
    expect(stdout).toMatch(/Nothing is open\.$/);
    expect(workCalls(stage)).toEqual([]);
  });

  test('on a terminal it draws anew; Ctrl-C ends it with 130 and stops nothing', async () => {
    const stage = await setProcessStage({ taskTime: 3_600_000 });
    await papers(stage, ['export', 'ada', '--provider', 'sendbird', '--no-wait']);
    const before = stage.calls('viewGdprRequest');
    const terminal = openTerminal(stage, ['status', '--watch', ...FAST]);
    await terminal.waitFor('Sendbird … running');
    await stage.until(() => stage.calls('viewGdprRequest') >= before + 4);
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(130);
    expect(terminal.text().match(/Sendbird … running/g)?.length).toBeGreaterThan(1);
    expect(terminal.text()).toContain('nothing was changed or stopped by that');
    expect((await status(stage, '--offline')).states).toEqual(['accepted']);
  });

  test('of nothing it ends at once', async () => {
    const { code, out } = await (await setStage()).gdpr(['status', '--watch']);
    expect([code, out]).toEqual([0, 'Nothing is open.']);
  });
});
