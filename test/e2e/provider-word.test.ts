import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findingsOf, papers, statesOf } from './receipts.ts';
import { type VirtualStage, setStage } from './stage.ts';

const FAST = ['--poll-interval', '5ms'];
const UNCHANGED = /nothing was changed/i;

/** A stage on which people were erased softly, by a ledger that is lost. */
async function afterSoft(people: readonly string[]): Promise<VirtualStage> {
  const stage = await setStage({ rate: 1000 });
  const args = ['erase', ...people, '--provider', 'stream', '--yes', ...FAST];
  expect((await stage.gdpr(args)).code).toBe(0);
  await rm(join(stage.dir, 'state'), { recursive: true });
  return stage;
}

describe('not visible before, and reported deleted by the provider', () => {
  test('a soft erase, the ledger lost, a hard one: completed on the word of Stream', async () => {
    const stage = await afterSoft(['quiet']);
    const args = ['erase', 'quiet', '--provider', 'stream', '--hard', '--yes'];
    const { code, paper, err } = await papers(stage, args);
    expect([code, paper.state, paper.erasure]).toEqual([0, 'completed', 'erased']);
    expect(findingsOf(paper)).toEqual({
      'stream feed_data': 'not_visible -> not_visible',
      'stream user_lookup': 'not_visible -> not_visible',
    });
    expect(statesOf(paper)).toEqual({ delete_feeds: 'succeeded', delete_users: 'succeeded' });
    for (const { note } of paper.steps) {
      expect(note).toContain('not visible before either: hidden, or never there');
      expect(note).toContain("done on Stream's word: check the id");
    }
    expect(stage.sandbox.control.user('stream', 'quiet').account).toMatchObject({
      user: { mode: 'hard' },
      feeds: 'hard',
    });
    const text = await stage.gdpr(['status', paper.request_id, '--no-color']);
    expect(err + text.out + text.err).not.toMatch(UNCHANGED);
    expect(text.out.replaceAll(/\s+/g, ' ')).toContain('check the id');
  });

  test("a batch's summary counts them, and the results say who they are", async () => {
    const stage = await afterSoft(['quiet', 'user-000001']);
    const csv = join(stage.dir, 'leavers.csv');
    await writeFile(csv, 'user_id\nquiet\nuser-000001\nuser-000002\nnobody\n');
    const batch = ['--csv', csv, '--results', join(stage.dir, 'r.csv'), '--provider', 'stream'];
    const run = await stage.gdpr(['erase', ...batch, '--hard', '--yes', ...FAST]);
    expect(run.code).toBe(3);
    const words = (run.out + run.err).replaceAll(/\s+/g, ' ');
    expect(words).toMatch(
      /4 people: 3 completed \(2 on a provider's word: check the ids\) and 1 not found/,
    );
    expect(words).toContain('Of nobody nothing was changed.');
    const rows = await stage.gdpr(['status', 'quiet', '--all', '--json']);
    expect(rows.out).toContain('completed');
  });

  test('Stream takes an unknown id on and reports it done, Sendbird refuses it', async () => {
    const stage = await setStage({ faults: ['unknown-user-accepted'] });
    const { code, paper } = await papers(stage, ['erase', 'nobody', '--hard', '--yes']);
    expect([code, paper.state]).toEqual([0, 'completed']);
    expect(statesOf(paper)).toEqual({
      delete_feeds: 'succeeded',
      delete_users: 'succeeded',
      delete: 'not_found',
    });
  });
});

describe('not found', () => {
  test.each(['unknown-user-accepted@deleteFeedUserData', 'unknown-user-no-data'])(
    '%s: a task ran, and it is not said that nothing was changed',
    async (fault) => {
      const stage = await setStage({ faults: [fault] });
      const { code, paper, err } = await papers(stage, ['erase', 'nobody', '--hard', '--yes']);
      expect([code, paper.state, paper.erasure]).toEqual([1, 'not_found', null]);
      expect(paper.steps.some(({ task_id: task }) => task !== null)).toBe(true);
      expect(err).not.toMatch(UNCHANGED);
      expect(err).toContain('Check the id');
      const again = await stage.gdpr(['resume', paper.request_id, ...FAST]);
      expect(again.out + again.err).not.toMatch(UNCHANGED);
    },
  );

  test('refused as unknown by every provider: nothing was changed', async () => {
    const stage = await setStage();
    const { code, paper, err } = await papers(stage, ['erase', 'nobody', '--hard', '--yes']);
    expect([code, paper.state]).toEqual([1, 'not_found']);
    expect(err).toContain('Nothing was changed. Check the id');
  });

  test('an export that a provider took on, and of which it had nothing', async () => {
    const stage = await setStage({ faults: ['unknown-user-no-data'] });
    const { paper, err } = await papers(stage, ['export', 'nobody', '--provider', 'sendbird']);
    expect(paper.state).toBe('not_found');
    expect(err).not.toMatch(UNCHANGED);
  });
});
