import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CTRL_C, ENTER, openTerminal } from './pty.ts';
import { type Paper, statesOf, workCalls } from './receipts.ts';
import { type Stage, setProcessStage, setStage } from './stage.ts';

const FAST = ['--poll-interval', '5ms'];
/** Tasks that are scheduled, or processing, for as long as the test lasts. */
const LONG = { taskTime: 3_600_000 };

function receiptsIn(out: string): Paper[] {
  return out === '' ? [] : out.split('\n').map((line) => JSON.parse(line));
}

/** Starts an action and leaves it; answers with its requests. */
async function begun(stage: Stage, args: readonly string[]): Promise<readonly string[]> {
  const { out, err } = await stage.gdpr([...args, '--no-wait', '--json', ...FAST]);
  const ids = receiptsIn(out).map((paper) => paper.request_id);
  if (ids.length === 0) throw new Error(err);
  return ids;
}

async function cancel(stage: Stage, ids: readonly string[]) {
  const { code, out, err } = await stage.gdpr(['cancel', ...ids, '--yes', '--json']);
  const error = err.split('\n').findLast((line) => line.startsWith('{'));
  return {
    code,
    err,
    papers: receiptsIn(out),
    error: error === undefined ? null : JSON.parse(error),
  };
}

const erase = ['erase', 'ada', '--hard', '--yes'];
const atSendbird = [...erase, '--provider', 'sendbird'];

describe('gdpr cancel', () => {
  test('a Sendbird deletion that is scheduled: it is withdrawn, and the person stays', async () => {
    const stage = await setStage(LONG);
    const ids = await begun(stage, atSendbird);
    const { code, papers } = await cancel(stage, ids);
    expect([code, papers.map(({ state }) => state)]).toEqual([0, ['cancelled']]);
    expect(papers.map(statesOf)).toEqual([{ delete: 'cancelled' }]);
    expect(papers[0]?.steps[0]?.note).toContain('Sendbird took it back');
    expect(stage.sandbox.control.tasks()).toEqual([]);
    expect(stage.sandbox.control.user('sendbird', 'ada').visible).toBe(true);
    // It is over: nothing is left to do.
    const after = await stage.gdpr(['resume', ...FAST]);
    expect([after.code, after.err]).toEqual([0, 'Nothing is open.']);
    expect((await stage.gdpr(['status'])).code).toBe(0);
    const again = await cancel(stage, ids);
    expect([again.code, again.error.message]).toEqual([
      1,
      'Nothing is left to withdraw: all of it has ended.',
    ]);
  });

  test('an erase at both: Stream goes on, what was not sent never is, Sendbird is withdrawn: 3', async () => {
    const stage = await setStage(LONG);
    const ids = await begun(stage, erase);
    const { code, papers, error } = await cancel(stage, ids);
    expect(code).toBe(3);
    expect(papers.map(statesOf)).toEqual([
      { delete_feeds: 'accepted', delete_users: 'cancelled', delete: 'cancelled' },
    ]);
    expect(error).toMatchObject({ code: 'not_withdrawn', exit: 3, request_ids: ids });
    expect(error.message).toBe(
      'Withdrawn: 2 steps. Not withdrawn: Stream feed data of ada (Stream has no way to take a task back).',
    );
    expect(workCalls(stage).filter((each) => each === 'deleteUsers')).toEqual([]);
  });

  test('what is processed already goes on: 1, and the step stays as it was', async () => {
    const stage = await setStage({ faults: ['task-never-ends'] });
    const ids = await begun(stage, atSendbird);
    const { code, papers, error } = await cancel(stage, ids);
    expect([code, papers.map(statesOf)]).toEqual([1, [{ delete: 'accepted' }]]);
    expect(error.message).toContain(
      'Nothing was withdrawn. Not withdrawn: Sendbird account of ada',
    );
    expect(error.next).toContain(`gdpr resume ${ids[0]}`);
    expect(stage.calls('cancelGdprRequest')).toBe(0);
  });

  test('a deletion that serves several is withdrawn only when all of them are named', async () => {
    const stage = await setStage(LONG);
    const people = stage.sandbox.control.idsAtBoth(3);
    const ids = await begun(stage, ['erase', ...people, '--yes', '--provider', 'sendbird']);
    const [first = '', ...others] = ids;
    const alone = await cancel(stage, [first]);
    expect([alone.code, alone.papers, alone.error.request_ids]).toEqual([6, [], others]);
    expect(alone.error.next).toBe(
      `Nothing was withdrawn. To cancel all of them: gdpr cancel ${ids.join(' ')}`,
    );
    expect(stage.calls('cancelGdprRequest')).toBe(0);
    const all = await cancel(stage, ids);
    expect([all.code, all.papers.map(({ state }) => state)]).toEqual([
      0,
      ['cancelled', 'cancelled', 'cancelled'],
    ]);
    expect(stage.calls('cancelGdprRequest')).toBe(1);
  });

  test("a task that was found in Sendbird's list is nobody's to withdraw", async () => {
    const stage = await setStage({ ...LONG, faults: ['answer-lost@registerGdprDelete=1'] });
    const left = await stage.gdpr([...atSendbird, '--json', '--timeout', '20s', ...FAST]);
    const [paper] = receiptsIn(left.out);
    expect(paper?.steps[0]?.note).toContain("found in the provider's list");
    const { code, error } = await cancel(stage, [paper?.request_id ?? '']);
    expect(code).toBe(1);
    expect(error.message).toContain("may be somebody else's");
    expect(stage.calls('cancelGdprRequest')).toBe(0);
    expect(stage.sandbox.control.tasks()).toHaveLength(1);
  });

  test('a deletion in doubt stays in doubt, and nothing sends it again: 7', async () => {
    const stage = await setProcessStage({
      faults: ['reset@deleteFeedUserData=1', 'hold@deleteFeedUserData=1'],
    });
    const running = stage.start([...erase, '--provider', 'stream', '--json', ...FAST]);
    await stage.sandbox.control.waitForHeld('deleteFeedUserData');
    running.kill('SIGKILL');
    await running;
    stage.sandbox.control.setFaults([]);
    stage.sandbox.control.open();
    const status = JSON.parse((await stage.gdpr(['status', '--json', '--offline'])).out);
    const sent = workCalls(stage).length;
    const { code, papers, error } = await cancel(stage, [status.request_id]);
    expect([code, error.code]).toEqual([7, 'in_doubt']);
    expect(papers.map(statesOf)).toEqual([{ delete_feeds: 'in_doubt', delete_users: 'cancelled' }]);
    const resumed = await stage.gdpr(['resume', '--failed', ...FAST]);
    expect(resumed.code).toBe(7);
    expect(workCalls(stage)).toHaveLength(sent);
  });

  test('an access that is scheduled is withdrawn like a deletion', async () => {
    const stage = await setStage(LONG);
    const ids = await begun(stage, ['export', 'ada', '--provider', 'sendbird']);
    const { code, papers } = await cancel(stage, ids);
    expect([code, papers.map(statesOf)]).toEqual([0, [{ access: 'cancelled' }]]);
  });

  test('a provider that does not answer: 5, and what needed nobody is cancelled all the same', async () => {
    const stage = await setStage(LONG);
    const ids = await begun(stage, erase);
    stage.sandbox.control.setFaults(['http-503@sendbird']);
    const { code, papers, error } = await cancel(stage, ids);
    expect([code, error.code]).toEqual([5, 'unavailable']);
    expect(papers.map(statesOf)).toEqual([
      { delete_feeds: 'accepted', delete_users: 'cancelled', delete: 'accepted' },
    ]);
    expect(error.next).toContain(`gdpr cancel ${ids[0]}`);
  }, 90_000);

  test('refused credentials: 4; another account: 4, naming both', async () => {
    const stage = await setStage(LONG);
    const ids = await begun(stage, atSendbird);
    stage.sandbox.control.setFaults(['unauthorized@sendbird']);
    expect((await cancel(stage, ids)).code).toBe(4);
    stage.sandbox.control.setFaults([]);
    stage.env['SENDBIRD_APP_ID'] = 'ANOTHER';
    const other = await cancel(stage, ids);
    expect(other.code).toBe(4);
    expect(other.error.message).toContain('sendbird:APP-CANARY-1@');
    expect(other.error.message).toContain('sendbird:ANOTHER@');
  });

  test('a request that another process works on: 6, naming the process', async () => {
    const stage = await setStage({ faults: ['hold@registerGdprDelete'] });
    const running = stage.start([...atSendbird, '--json', ...FAST]);
    await stage.sandbox.control.waitForHeld('registerGdprDelete');
    const { request_id: id } = JSON.parse(
      (await stage.gdpr(['status', '--json', '--offline'])).out,
    );
    const { code, error } = await cancel(stage, [id]);
    expect([code, error.code, error.request_ids]).toEqual([6, 'guard', [id]]);
    expect(error.message).toContain(`process ${running.pid} on`);
    stage.sandbox.control.open();
    expect((await running).exitCode).toBe(0);
  });

  test('an unknown request: 1, and the known one beside it is left alone', async () => {
    const stage = await setStage(LONG);
    const ids = await begun(stage, atSendbird);
    const { code, error } = await cancel(stage, [...ids, 'req_none']);
    expect([code, error.code]).toEqual([1, 'unknown_request']);
    expect(stage.calls('cancelGdprRequest')).toBe(0);
  });

  test('without a yes: 6, and nothing was done', async () => {
    const stage = await setStage(LONG);
    const ids = await begun(stage, atSendbird);
    const { code, err } = await stage.gdpr(['cancel', ...ids]);
    expect(code).toBe(6);
    expect(err).toContain('Nothing was withdrawn. If it is to be withdrawn: add --yes');
    expect(stage.calls('cancelGdprRequest')).toBe(0);
  });
});

describe('gdpr cancel at a terminal', () => {
  test('says in words what it can do and what it cannot, and asks', async () => {
    const stage = await setProcessStage(LONG);
    const ids = await begun(stage, erase);
    const no = openTerminal(stage, ['cancel', ...ids]);
    await no.waitFor('Go ahead?');
    const words = no.text().replaceAll(/\s+/g, ' ');
    expect(words).toContain('Stream feed data: goes on: Stream has no way to take a task back');
    expect(words).toContain('Stream account: not sent yet, and will not be');
    expect(words).toMatch(/Sendbird account: sent .* Sendbird is asked to take it back/);
    no.type(ENTER);
    expect(await no.ended).toBe(6);
    expect(no.text()).not.toContain('--dry-run');
    const stopped = openTerminal(stage, ['cancel', ...ids]);
    await stopped.waitFor('Go ahead?');
    stopped.type(CTRL_C);
    expect(await stopped.ended).toBe(130);
    expect(stage.calls('cancelGdprRequest')).toBe(0);
    const yes = openTerminal(stage, ['cancel', ...ids]);
    await yes.waitFor('Go ahead?');
    yes.type(`y${ENTER}`);
    expect(await yes.ended).toBe(3);
    expect(stage.calls('cancelGdprRequest')).toBe(1);
  });
});

test('a bundle that has files says what was cancelled', async () => {
  const stage = await setProcessStage({ faults: ['hold@exportUsers'], taskTime: 0 });
  const running = stage.start(['export', 'ada', '--provider', 'stream', ...FAST]);
  await stage.sandbox.control.waitForHeld('exportUsers');
  const status = async () => JSON.parse((await stage.gdpr(['status', '--json', '--offline'])).out);
  while ((await status()).steps[0].state !== 'succeeded');
  running.kill('SIGKILL');
  await running;
  stage.sandbox.control.setFaults([]);
  stage.sandbox.control.open();
  const { request_id: id } = await status();
  const { papers } = await cancel(stage, [id]);
  expect(papers.map(statesOf)).toEqual([{ export_feeds: 'succeeded', export_users: 'cancelled' }]);
  const bundle = join(stage.dir, 'gdpr-exports', id);
  expect(JSON.parse(await readFile(join(bundle, 'receipt.json'), 'utf8'))).toEqual(papers[0]);
});
