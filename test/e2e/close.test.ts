import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENTER, openTerminal } from './pty.ts';
import { papers } from './receipts.ts';
import { setProcessStage, setStage } from './stage.ts';

const FAST = ['--poll-interval', '5ms'];
const erase = ['erase', 'ada', '--hard', '--yes', '--no-wait'];

describe('gdpr close', () => {
  test('settles by hand; receipt and status say by whom, when and why', async () => {
    const stage = await setStage({ faults: ['task-fails@exportUsers'] });
    const { paper } = await papers(stage, ['export', 'ada']);
    expect(paper.state).toBe('partial');
    expect((await stage.gdpr(['status'])).code).toBe(3);
    const reason = 'answered by phone; she does not want the rest';
    const { code, out } = await stage.gdpr([
      'close',
      paper.request_id,
      '--reason',
      reason,
      '--json',
    ]);
    const closed = JSON.parse(out);
    expect(code).toBe(0);
    expect(closed).toMatchObject({ state: 'closed', closing: { reason, operator: 'jane' } });
    expect(Date.parse(closed.closing.at)).toBeGreaterThan(0);
    expect((await stage.gdpr(['status'])).code).toBe(0);
    const shown = (await stage.gdpr(['status', 'ada'])).out.replaceAll(/\s+/g, ' ');
    expect(shown).toMatch(/\(closed\).*Closed by hand by jane on .* UTC: answered by phone; she/);
    // The paper beside the files is written anew.
    const bundle = join(stage.dir, 'gdpr-exports', paper.request_id);
    expect(JSON.parse(await readFile(join(bundle, 'receipt.json'), 'utf8'))).toEqual(closed);
    const resumed = await stage.gdpr(['resume', '--failed', ...FAST]);
    expect([resumed.code, resumed.err]).toEqual([0, 'Nothing is open.']);
  });

  test('what runs goes on at the provider: said before a yes or no, and in the receipt', async () => {
    const stage = await setProcessStage({ taskTime: 3_600_000 });
    const { paper } = await papers(stage, erase);
    const args = ['close', paper.request_id, '--reason', 'twice by mistake'];
    const alone = await stage.gdpr(args);
    expect(alone.code).toBe(6);
    expect(alone.err).toContain('Nothing was closed.');
    const no = openTerminal(stage, args);
    await no.waitFor('Go ahead?');
    const words = no.text().replaceAll(/\s+/g, ' ');
    expect(words).toMatch(
      /Stream feed data runs there, and is carried out all the same \(task .+\)/,
    );
    expect(words).toContain('Stream account was not sent, and will not be.');
    no.type(ENTER);
    expect(await no.ended).toBe(6);
    expect((await stage.gdpr(['status', '--offline'])).code).toBe(8);
    const yes = await stage.gdpr([...args, '--yes']);
    expect(yes.code).toBe(0);
    expect(yes.out.replaceAll(/\s+/g, ' ')).toContain(
      'Not finished then, and not followed any more: Stream feed data, Stream account and Sendbird account.',
    );
    const calls = stage.log.length;
    expect((await stage.gdpr(['resume', '--failed', ...FAST])).code).toBe(0);
    expect((await stage.gdpr(['status', 'ada'])).code).toBe(0);
    expect(stage.log).toHaveLength(calls);
  });

  test('what is settled is refused with its state: 6', async () => {
    const stage = await setStage();
    const { paper } = await papers(stage, ['export', 'ada']);
    const args = ['close', paper.request_id, '--reason', 'x', '--json'];
    const { code, err } = await stage.gdpr(args);
    expect(code).toBe(6);
    expect(JSON.parse(err)).toMatchObject({
      code: 'guard',
      message: `Refused: ${paper.request_id} is settled already: completed.`,
      request_ids: [paper.request_id],
    });
  });

  test.each([
    { args: ['close', 'req_none', '--reason', 'x'], code: 1, says: 'No such request' },
    { args: ['close', 'req_none'], code: 2, says: '--reason' },
    { args: ['close', 'req_none', '--reason', '  '], code: 2, says: 'said in words' },
  ])('$args: $code', async ({ args, code, says }) => {
    const said = await (await setStage()).gdpr(args);
    expect(said.code).toBe(code);
    expect(said.err).toContain(says);
  });

  test('a request that another process works on: 6, naming it', async () => {
    const stage = await setStage({ faults: ['hold@exportUsers'] });
    const running = stage.start(['export', 'ada', ...FAST]);
    await stage.sandbox.control.waitForHeld('exportUsers');
    const { request_id: id } = JSON.parse(
      (await stage.gdpr(['status', '--json', '--offline'])).out,
    );
    const { code, err } = await stage.gdpr(['close', id, '--reason', 'x', '--yes']);
    expect(code).toBe(6);
    expect(err).toContain(`process ${running.pid} on`);
    stage.sandbox.control.open();
    expect((await running).exitCode).toBe(0);
  });
});
