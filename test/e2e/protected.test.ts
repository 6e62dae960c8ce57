import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { trust } from '../support/trust.ts';
import { papers, statesOf, workCalls } from './receipts.ts';
import { type VirtualStage, setStage } from './stage.ts';

const FAST = ['--poll-interval', '5ms'];

/** From now on the profile protects ids like these. */
async function protect(stage: VirtualStage, ...patterns: readonly string[]): Promise<void> {
  const [profile = ''] = await readdir(join(stage.dir, 'state'));
  const { env } = stage;
  const baseUrl = stage.sandbox.origin;
  const stream = { apiKey: env['STREAM_API_KEY'], apiSecret: env['STREAM_API_SECRET'], baseUrl };
  const sendbird = {
    applicationId: env['SENDBIRD_APP_ID'],
    apiToken: env['SENDBIRD_API_TOKEN'],
    baseUrl,
  };
  const profiles = { [profile]: { stream, sendbird, erase: { protected: patterns } } };
  const file = join(stage.dir, 'gdpr.config.json');
  await writeFile(file, JSON.stringify({ profile, profiles }), { mode: 0o600 });
  trust(file, stage.dir);
}

/** An erase that is recorded, and of which only the feed data are sent at Stream. */
async function halfDone(stage: VirtualStage, ...args: readonly string[]): Promise<void> {
  const run = await stage.gdpr(['erase', ...args, '--hard', '--yes', '--no-wait', ...FAST]);
  expect(run.code).toBe(8);
}

describe('erase.protected, when resume sends', () => {
  test.each([
    { args: ['ada'], pattern: '^ada$', says: 'ada ("^ada$")' },
    {
      args: ['ada', '--sendbird-id', 'grace'],
      pattern: '^grace$',
      says: 'ada, which is grace at Sendbird ("^grace$")',
    },
  ])('$says: exit 6, the account is not sent', async ({ args, pattern, says }) => {
    const stage = await setStage({ taskTime: 1000 });
    await halfDone(stage, ...args, '--provider', 'stream');
    await protect(stage, pattern);
    const { code, paper, err } = await papers(stage, ['resume']);
    expect([code, paper.state]).toEqual([6, 'partial']);
    expect(statesOf(paper)).toEqual({
      delete_feeds: 'succeeded',
      delete_users: 'not_sent protected',
    });
    expect(JSON.stringify(paper.steps)).toContain(JSON.stringify(says).slice(1, -1));
    const error = JSON.parse(err.split('\n').at(-1) ?? '');
    expect(error).toMatchObject({ code: 'guard', exit: 6, request_ids: [paper.request_id] });
    expect(error.message).toContain('protected by erase.protected');
    expect(error.next).toContain(`resume --failed ${paper.request_id}`);
    expect(error.next).toContain(`close ${paper.request_id} --reason`);
    expect(workCalls(stage)).toEqual(['deleteFeedUserData']);

    await protect(stage, '^somebody-else$');
    const after = await papers(stage, ['resume', '--failed', paper.request_id]);
    expect([after.code, after.paper.state]).toEqual([0, 'completed']);
  });

  test('of two, the other goes on', async () => {
    const stage = await setStage({ taskTime: 1000 });
    await halfDone(stage, 'ada', 'user-000001', '--provider', 'stream');
    await protect(stage, '^ada$');
    const { code, receipts, err } = await papers(stage, ['resume']);
    expect(code).toBe(6);
    expect(receipts.map(({ state }) => state).toSorted()).toEqual(['completed', 'partial']);
    const ada = receipts.find(({ state }) => state === 'partial');
    const error = JSON.parse(err.split('\n').at(-1) ?? '');
    expect(error.request_ids).toEqual([ada?.request_id]);
    const sent = stage.log.filter(({ operation }) => operation === 'deleteUsers');
    expect(sent.map(({ ids }) => ids)).toEqual([['user-000001']]);
  });

  test('--resend of what is in doubt: 6, and nothing leaves', async () => {
    const stage = await setStage({ faults: ['reset@deleteUsers'] });
    const doubtful = await papers(stage, ['erase', 'ada', '--provider', 'stream', '--yes']);
    expect(doubtful.code).toBe(7);
    stage.sandbox.control.setFaults([]);
    await protect(stage, '^ada$');
    const calls = workCalls(stage).length;
    const resend = ['resume', '--resend', doubtful.paper.request_id];
    const { code, paper, err } = await papers(stage, resend);
    expect([code, paper.state]).toEqual([6, 'in_doubt']);
    expect(workCalls(stage)).toHaveLength(calls);
    expect(err).toContain('In doubt: a call may have arrived');
    await protect(stage, '^somebody-else$');
    expect((await papers(stage, resend)).code).toBe(0);
  });
});
