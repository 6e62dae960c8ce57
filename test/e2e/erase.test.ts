import { describe, expect, test } from 'vitest';
import { findingsOf, papers, statesOf, workCalls } from './receipts.ts';
import { type VirtualStage, setStage } from './stage.ts';

const DONE = { delete_feeds: 'succeeded', delete_users: 'succeeded', delete: 'succeeded' };
const GONE = {
  'stream feed_data': 'visible -> not_visible',
  'stream user_lookup': 'visible -> not_visible',
  'sendbird user_lookup': 'visible -> not_visible',
};

describe('gdpr erase --hard', () => {
  test('feed data first, then the account, Sendbird beside it; all of it gone and checked', async () => {
    const stage = await setStage();
    const { code, paper } = await papers(stage, ['erase', 'ada', '--hard', '--yes']);
    expect(code).toBe(0);
    expect(paper).toMatchObject({
      action: 'erase',
      mode: 'hard',
      erasure: 'erased',
      state: 'completed',
    });
    expect(statesOf(paper)).toEqual(DONE);
    expect(findingsOf(paper)).toEqual(GONE);
    const order = workCalls(stage);
    expect(order.toSorted()).toEqual(['deleteFeedUserData', 'deleteUsers', 'registerGdprDelete']);
    expect(order.indexOf('deleteFeedUserData')).toBeLessThan(order.indexOf('deleteUsers'));
    const { account } = stage.sandbox.control.user('stream', 'ada');
    expect(account).toMatchObject({
      user: { mode: 'hard' },
      messages: 'hard',
      conversations: 'hard',
      calls: 'hard',
      files: true,
      feeds: 'hard',
    });
    expect(stage.sandbox.control.user('sendbird', 'ada').account).toMatchObject({
      deleted: { channels: 'do_not_delete' },
    });
    expect(stage.sandbox.control.changed('stream').map(({ id }) => id)).toEqual(['ada']);
    expect(stage.sandbox.control.changed('sendbird').map(({ id }) => id)).toEqual(['ada']);
  });

  test('the account waits until the task of the feed data has completed', async () => {
    const stage = await setStage({ faults: ['hold@getTask'] });
    const run = papers(stage, ['erase', 'ada', '--hard', '--yes']);
    await stage.sandbox.control.waitForHeld('getTask');
    expect(stage.calls('deleteUsers')).toBe(0);
    stage.sandbox.control.open();
    expect((await run).code).toBe(0);
    expect(stage.calls('deleteUsers')).toBe(1);
  });

  test('asked twice: already gone, and still completed', async () => {
    const stage = await setStage({ rate: 1000 });
    const first = await papers(stage, ['erase', 'ada', '--hard', '--yes']);
    const { code, paper } = await papers(stage, ['erase', 'ada', '--hard', '--yes', '--new']);
    expect([code, paper.state]).toEqual([0, 'completed']);
    expect(paper.request_id).not.toBe(first.paper.request_id);
    for (const { note } of paper.steps) {
      expect(note).toContain(`already gone: erased before by ${first.paper.request_id}`);
    }
  });

  test('250 people: 250 feed deletions, 3 calls for accounts, 3 for Sendbird', async () => {
    const stage = await setStage({ users: 300, rate: 1000 });
    const people = stage.sandbox.control.idsAtBoth(250);
    const args = ['erase', ...people, '--hard', '--yes', '--max-subjects', '250'];
    const { code, receipts } = await papers(stage, args, '50ms');
    expect(code).toBe(0);
    expect(receipts.map(({ state }) => state)).toEqual(Array(250).fill('completed'));
    expect(stage.calls('deleteFeedUserData')).toBe(250);
    expect(stage.calls('deleteUsers')).toBe(3);
    expect(stage.calls('registerGdprDelete')).toBe(3);
    const changed = (at: 'stream' | 'sendbird') =>
      stage.sandbox.control.changed(at).map(({ id }) => id);
    expect(changed('stream').toSorted()).toEqual(people.toSorted());
    expect(changed('sendbird').toSorted()).toEqual(people.toSorted());
    // Each look is about many: far fewer than one for each person.
    expect(stage.calls('queryUsers') + stage.calls('listUsers')).toBeLessThan(60);
  });

  test('one feed task that hangs does not hold the others', async () => {
    const stage = await setStage({
      users: 300,
      rate: 1000,
      faults: ['task-never-ends@deleteFeedUserData=id:user-000007'],
    });
    const people = stage.sandbox.control.idsAtBoth(250);
    const args = ['erase', ...people, '--hard', '--yes', '--max-subjects', '250'];
    const running = stage.start([...args, '--json', '--poll-interval', '50ms']);
    await stage.until(() => gone(stage) >= 249);
    running.kill('SIGINT');
    const { exitCode } = await running;
    expect(exitCode).toBe(130);
    expect(stage.calls('deleteUsers')).toBe(3);
    expect(stage.sandbox.control.user('stream', 'user-000007').account).toMatchObject({
      user: null,
    });
  });

  test('100 people with 3 unknown ids: 97 are erased, the 3 are not found', async () => {
    const stage = await setStage({ users: 120, rate: 1000 });
    const known = stage.sandbox.control.idsAtBoth(97);
    const people = [...known.slice(0, 40), 'x-1', ...known.slice(40), 'x-2', 'x-3'];
    const { code, receipts } = await papers(stage, ['erase', ...people, '--hard', '--yes']);
    expect(code).toBe(3);
    for (const { subject, state } of receipts) {
      expect(state).toBe(subject.user_id.startsWith('x-') ? 'not_found' : 'completed');
    }
    expect(receipts).toHaveLength(100);
  });

  test('one id that the provider refuses does not sink the others', async () => {
    const stage = await setStage({
      users: 40,
      rate: 1000,
      faults: [
        'batch-refused@deleteUsers=id:user-000003',
        'batch-refused@registerGdprDelete=id:user-000003',
      ],
    });
    const people = stage.sandbox.control.idsAtBoth(20);
    const { code, receipts } = await papers(stage, ['erase', ...people, '--hard', '--yes']);
    expect(code).toBe(3);
    for (const paper of receipts) {
      const isCulprit = paper.subject.user_id === 'user-000003';
      expect(paper.state).toBe(isCulprit ? 'partial' : 'completed');
    }
    const culprit = receipts.find(({ subject }) => subject.user_id === 'user-000003');
    expect(culprit && statesOf(culprit)).toEqual({
      delete_feeds: 'succeeded',
      delete_users: 'failed refused',
      delete: 'failed refused',
    });
  });
});

describe('gdpr erase, soft and pruning', () => {
  test('soft: hidden at Stream, and the receipt says what that is not', async () => {
    const stage = await setStage();
    const { code, paper } = await papers(stage, ['erase', 'ada', '--yes']);
    expect(code).toBe(0);
    expect(paper).toMatchObject({ mode: 'soft', erasure: 'hidden', state: 'completed' });
    expect(stage.sandbox.control.user('stream', 'ada').account).toMatchObject({
      user: { mode: 'soft' },
      messages: 'soft',
      feeds: 'soft',
    });
    const text = await stage.gdpr(['status', paper.request_id, '--no-color']);
    expect(text.out).toContain(
      'Hidden at Stream, not erased: Art. 17 is not met. To finish: gdpr erase ada --hard.',
    );
  });

  test('pruning goes to Stream as pruning', async () => {
    const stage = await setStage();
    const args = ['erase', 'ada', '--mode', 'pruning', '--provider', 'stream', '--yes'];
    const { paper } = await papers(stage, args);
    expect(paper).toMatchObject({ mode: 'pruning', erasure: 'hidden', state: 'completed' });
    expect(stage.sandbox.control.user('stream', 'ada').account).toMatchObject({
      user: { mode: 'pruning' },
      messages: 'pruning',
      feeds: 'soft',
    });
  });

  test('a soft-deleted user is erased hard: nothing is visible before, and the data go', async () => {
    const stage = await setStage({ rate: 1000 });
    await papers(stage, ['erase', 'ada', '--yes']);
    const { code, paper } = await papers(stage, ['erase', 'ada', '--hard', '--yes']);
    expect([code, paper.state, paper.erasure]).toEqual([0, 'completed', 'erased']);
    expect(stage.sandbox.control.user('stream', 'ada').account).toMatchObject({
      user: { mode: 'hard' },
      messages: 'hard',
      feeds: 'hard',
    });
    expect(findingsOf(paper)).toMatchObject({
      'stream user_lookup': 'not_visible -> not_visible',
      // What is soft-deleted is in no query but the one for activities, when asked for.
      'stream feed_data': 'visible -> not_visible',
    });
  });

  test('someone whom nobody knows is not found: exit 1', async () => {
    const stage = await setStage();
    const { code, paper } = await papers(stage, ['erase', 'nobody', '--hard', '--yes']);
    expect([code, paper.state, paper.erasure]).toEqual([1, 'not_found', null]);
  });
});

describe('what the check afterwards says', () => {
  test.each([
    { fault: 'user-stays-visible@deleteUsers', step: 'delete_users' },
    { fault: 'user-stays-visible@registerGdprDelete', step: 'delete' },
    { fault: 'user-stays-visible@deleteFeedUserData', step: 'delete_feeds' },
  ])('$fault: partial, whatever the provider reports', async ({ fault, step }) => {
    const stage = await setStage({ faults: [fault] });
    const { code, paper, err } = await papers(stage, ['erase', 'ada', '--hard', '--yes']);
    expect([code, paper.state, paper.erasure]).toEqual([3, 'partial', null]);
    expect(statesOf(paper)).toEqual({ ...DONE, [step]: 'reported still_visible' });
    expect(paper.verification.filter(({ result }) => result === 'still_visible')).toHaveLength(1);
    expect(err).toContain(paper.request_id);
  });

  test("one user of a task fails: only that user's step does", async () => {
    const stage = await setStage({ faults: ['delete-user-fails=id:user-000001'], rate: 1000 });
    const { code, receipts } = await papers(stage, [
      'erase',
      'ada',
      'user-000001',
      '--hard',
      '--yes',
    ]);
    expect(code).toBe(3);
    const [ada, linus] = receipts;
    expect(ada?.state).toBe('completed');
    expect(linus && statesOf(linus)).toMatchObject({ delete_users: 'failed user_not_deleted' });
  });
});

describe('gdpr erase --export-first', () => {
  test('exports everything before anything is deleted', async () => {
    const stage = await setStage();
    const { code, paper } = await papers(stage, [
      'erase',
      'ada',
      '--hard',
      '--yes',
      '--export-first',
    ]);
    expect([code, paper.state]).toEqual([0, 'completed']);
    expect(paper.bundle).not.toBeNull();
    const order = stage.log.map(({ operation }) => operation);
    const downloads = order.filter((operation) => operation === 'downloadFile').length;
    expect(downloads).toBe(3);
    const first = Math.min(
      ...['deleteFeedUserData', 'deleteUsers', 'registerGdprDelete'].map((each) =>
        order.indexOf(each),
      ),
    );
    expect(order.lastIndexOf('downloadFile')).toBeLessThan(first);
  });

  test('deletes nothing when an export fails', async () => {
    const stage = await setStage({ faults: ['file-html@exportUsers'] });
    const { code, paper } = await papers(stage, [
      'erase',
      'ada',
      '--hard',
      '--yes',
      '--export-first',
    ]);
    expect(code).toBe(3);
    expect(statesOf(paper)).toMatchObject({
      export_users: 'failed file_html',
      delete_feeds: 'not_sent',
      delete_users: 'not_sent',
      delete: 'not_sent',
    });
    expect(workCalls(stage)).toEqual([]);
    stage.sandbox.control.setFaults([]);
    const again = await papers(stage, ['resume', '--failed', paper.request_id]);
    expect([again.code, again.paper.state]).toEqual([0, 'completed']);
  });

  test('stops at an export that may be cut, unless that is accepted', async () => {
    const args = ['erase', 'prolific', '--hard', '--yes', '--export-first'];
    const stage = await setStage();
    const { code, paper } = await papers(stage, args);
    expect([code, paper.state]).toEqual([3, 'partial']);
    expect(workCalls(stage)).toEqual([]);
    const other = await setStage();
    const accepted = await papers(other, [...args, '--accept-partial-export']);
    expect(statesOf(accepted.paper)).toMatchObject(DONE);
  });

  test('says then how to go on all the same, in words that can be run; resume says it too', async () => {
    const stage = await setStage({ rate: 1000 });
    const flags = ['--state-dir', stage.env['GDPR_STATE_DIR'] ?? ''];
    const args = ['erase', 'prolific', '--mode', 'pruning', '--export-first', '--yes'];
    const run = await stage.gdpr([...flags, ...args, '--poll-interval', '5ms']);
    expect(run.code).toBe(3);
    expect(run.err).toContain('What arrived is kept; nothing was deleted.');
    const command = /To delete all the same: gdpr (.*)$/m.exec(run.err)?.[1] ?? '';
    for (const more of [[], ['--failed']]) {
      const resumed = await stage.gdpr([...flags, 'resume', ...more]);
      expect(resumed.code).toBe(0);
      expect(resumed.err).not.toContain('Nothing is open');
      expect(resumed.err).toContain(`To delete all the same: gdpr ${command}\n`);
      expect(resumed.err).toMatch(/1 request is unsettled:\n {2}req_\w+ {2}erase of prolific/);
      expect(resumed.err).toMatch(/settle it by hand: gdpr --state-dir \S+ close req_\w+/);
    }
    const { paper } = await papers(stage, [...command.split(' '), '--yes']);
    expect([paper.mode, paper.action]).toEqual(['pruning', 'erase']);
    expect(statesOf(paper)).toMatchObject(DONE);
  });
});

describe('one at a time', () => {
  test.each([
    { first: ['export', 'ada'], second: ['erase', 'ada', '--yes'] },
    { first: ['erase', 'ada', '--yes'], second: ['export', 'ada'] },
    { first: ['erase', 'ada', '--yes'], second: ['restore', 'ada', '--yes'] },
  ])('$first open, then $second: exit 6, naming the other', async ({ first, second }) => {
    const stage = await setStage({ taskTime: 3_600_000 });
    const opened = await stage.gdpr([...first, '--no-wait', '--json']);
    expect(opened.code).toBe(8);
    const id = JSON.parse(opened.out).request_id;
    const calls = workCalls(stage).length;
    const run = await stage.gdpr(second);
    expect(run.code).toBe(6);
    expect(run.err).toContain(id);
    expect(workCalls(stage)).toHaveLength(calls);
  });

  test('the same erase again carries the open one on', async () => {
    const stage = await setStage({ taskTime: 3_600_000 });
    const args = ['erase', 'ada', '--hard', '--yes', '--no-wait', '--json'];
    const first = await stage.gdpr(args);
    const second = await stage.gdpr(args);
    expect(JSON.parse(second.out).request_id).toBe(JSON.parse(first.out).request_id);
    expect(workCalls(stage).toSorted()).toEqual(['deleteFeedUserData', 'registerGdprDelete']);
  });
});

/** How many people are gone at Stream. */
function gone({ sandbox }: Pick<VirtualStage, 'sandbox'>): number {
  return sandbox.control.changed('stream').filter(({ account }) => account['user'] !== null).length;
}
