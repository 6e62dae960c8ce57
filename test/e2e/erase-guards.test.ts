import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { trust } from '../support/trust.ts';
import { type VirtualStage, setStage, tree } from './stage.ts';

const FAST = ['--poll-interval', '10ms'];
const STARTS = new Set([
  'exportFeedUserData',
  'exportUsers',
  'deleteFeedUserData',
  'deleteUsers',
  'restoreUsers',
  'registerGdprAccess',
  'registerGdprDelete',
]);

/** The calls that start any work. */
function started(stage: VirtualStage): string[] {
  return stage.log.map(({ operation }) => operation).filter((each) => STARTS.has(each));
}

async function isEmpty(stage: VirtualStage): Promise<void> {
  const status = await stage.gdpr(['status', '--all', '--json']);
  expect([status.code, status.out]).toEqual([0, '']);
}

describe('guards: nothing was sent', () => {
  test('without a terminal it is --yes, or exit 6 before anybody is asked', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['erase', 'ada', ...FAST]);
    expect(run.code).toBe(6);
    expect(run.err).toContain('add --yes');
    expect(stage.log).toEqual([]);
    expect(await tree(stage.dir)).toEqual([]);
  });

  test('--json without --yes: exit 6 as gdpr-error/1', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['erase', 'ada', '--json']);
    expect(run.code).toBe(6);
    expect(JSON.parse(run.err)).toMatchObject({ schema: 'gdpr-error/1', code: 'guard', exit: 6 });
    expect(stage.log).toEqual([]);
  });

  test('250 people without --max-subjects: exit 6, and the flag that allows them', async () => {
    const stage = await setStage({ users: 250 });
    const ids = Array.from(
      { length: 250 },
      (_, index) => `user-${String(index + 1).padStart(6, '0')}`,
    );
    const run = await stage.gdpr(['erase', ...ids, '--yes', ...FAST]);
    expect(run.code).toBe(6);
    expect(run.err).toContain('add --max-subjects 250');
    expect(stage.log).toEqual([]);
    const dry = await stage.gdpr(['erase', ...ids, '--yes', '--dry-run', '--json']);
    expect([dry.code, dry.out.split('\n').length]).toEqual([0, 250]);
    expect(JSON.parse(dry.out.split('\n')[0] ?? '').run).toEqual({
      subjects: 250,
      calls: { delete_feeds: 250, delete_users: 3, delete: 3 },
      least_seconds: null,
    });
  });

  test('an id that the profile protects, --yes or not', async () => {
    const stage = await setStage();
    const file = join(stage.dir, 'gdpr.config.json');
    const {
      STREAM_API_KEY: apiKey,
      STREAM_API_SECRET: apiSecret,
      STREAM_BASE_URL: baseUrl,
    } = stage.env;
    const profiles = {
      p: { stream: { apiKey, apiSecret, baseUrl }, erase: { protected: ['^ad'] } },
    };
    await writeFile(file, JSON.stringify({ profiles }));
    await chmod(file, 0o600);
    trust(file, stage.dir);
    const run = await stage.gdpr(['erase', 'ada', '--hard', '--yes', ...FAST]);
    expect(run.code).toBe(6);
    expect(run.err).toContain('erase.protected in the profile p: ada ("^ad")');
    expect(stage.log).toEqual([]);
    const hidden = ['erase', 'x', '--stream-id', 'adele', '--hard', '--yes', ...FAST];
    expect((await stage.gdpr(hidden)).err).toContain('x, which is adele at Stream ("^ad")');
    const other = await stage.gdpr(['erase', 'grace', '--hard', '--yes', ...FAST]);
    expect(other.code).toBe(0);
  });

  test('a new owner whom Stream does not show', async () => {
    const stage = await setStage();
    const args = ['erase', 'ada', '--hard', '--yes', ...FAST];
    const run = await stage.gdpr([...args, '--new-channel-owner', 'nobody-here']);
    expect(run.code).toBe(6);
    expect(run.err).toContain('the new owner nobody-here is not visible at Stream');
    expect(started(stage)).toEqual([]);
    await isEmpty(stage);
    const good = await stage.gdpr([...args, '--new-channel-owner', 'linus']);
    expect(good.code).toBe(0);
    expect(good.err).toContain('New owner linus: Linus T.');
    expect(good.err).toContain('those they own go to linus');
  });

  test('one at a time: an export that is open is named', async () => {
    const stage = await setStage({ faults: ['task-never-ends'] });
    const open = await stage.gdpr(['export', 'ada', '--no-wait', '--json', ...FAST]);
    const { request_id: id } = JSON.parse(open.out);
    const before = started(stage).length;
    const run = await stage.gdpr(['erase', 'ada', '--yes', ...FAST]);
    expect(run.code).toBe(6);
    expect(run.err).toContain(id);
    expect(started(stage)).toHaveLength(before);
    const dry = await stage.gdpr(['erase', 'ada', '--yes', '--dry-run', '--json']);
    expect(dry.code).toBe(0);
    expect(JSON.parse(dry.out).guards[0].message).toContain(id);
    const state = join(stage.dir, 'state');
    const there = ['--state-dir', state, 'erase', 'ada', '--yes'];
    const called = `gdpr --state-dir ${state} resume ${id}`;
    expect((await stage.gdpr(there)).err).toMatch(`Finish the other first: ${called}`);
    expect((await stage.gdpr([...there, '--dry-run', '--json'])).out).toContain(called);
  });

  test('what this ledger erased for good is not asked to be restored', async () => {
    const stage = await setStage();
    const erased = await stage.gdpr(['erase', 'ada', '--hard', '--yes', '--json', ...FAST]);
    expect(erased.code).toBe(0);
    const { request_id: id } = JSON.parse(erased.out);
    const before = stage.log.length;
    const run = await stage.gdpr(['restore', 'ada', '--yes']);
    expect(run.code).toBe(6);
    expect(run.err).toContain(`erased for good, and nothing brings that back: ada (${id})`);
    expect(stage.log).toHaveLength(before);
    const dry = await stage.gdpr(['restore', 'ada', '--yes', '--dry-run']);
    expect(dry.code).toBe(0);
    expect(dry.out).toContain('Would be refused: erased for good');
  });

  test('a softer erase afterwards neither hides the hard one nor takes its word back', async () => {
    const stage = await setStage({ rate: 1000 });
    const args = ['--provider', 'stream', '--yes', '--json', ...FAST];
    const hard = await stage.gdpr(['erase', 'ada', '--hard', ...args]);
    const { request_id: id } = JSON.parse(hard.out);
    const soft = await stage.gdpr(['erase', 'ada', ...args]);
    expect(soft.code).toBe(0);
    expect(JSON.parse(soft.out)).toMatchObject({ state: 'completed', erasure: 'erased' });
    const again = await stage.gdpr(['erase', 'ada', ...args.filter((each) => each !== '--json')]);
    expect(again.out).not.toContain('Art. 17');
    const run = await stage.gdpr(['restore', 'ada', '--yes']);
    expect(run.code).toBe(6);
    expect(run.err).toContain(`erased for good, and nothing brings that back: ada (${id})`);
    expect(stage.calls('restoreUsers')).toBe(0);
  });
});

describe('look-ups that cannot be made', () => {
  test('a provider that does not answer: exit 5, nothing sent or recorded', async () => {
    const stage = await setStage({ faults: ['http-503@sendbird'] });
    const run = await stage.gdpr(['erase', 'ada', '--yes', ...FAST]);
    expect(run.code).toBe(5);
    expect(run.err).toContain('Nothing was sent or recorded.');
    expect(started(stage)).toEqual([]);
    await isEmpty(stage);
  });

  test('refused credentials: exit 4, nothing sent or recorded', async () => {
    const stage = await setStage();
    const env = { ...stage.env, SENDBIRD_API_TOKEN: 'another-token' };
    const run = await stage.gdpr(['erase', 'ada', '--yes', ...FAST], { env });
    expect(run.code).toBe(4);
    expect(run.err).toContain('Nothing was sent or recorded.');
    expect(started(stage)).toEqual([]);
    await isEmpty(stage);
  });

  test('Ctrl-C meanwhile: exit 130, nothing sent or recorded', async () => {
    const stage = await setStage({ faults: ['hold@queryUsers'] });
    const running = stage.start(['erase', 'ada', '--yes', ...FAST]);
    await stage.sandbox.control.waitForHeld('queryUsers');
    running.kill('SIGINT');
    const run = await running;
    expect(run.exitCode).toBe(130);
    expect(run.stderr).toContain('Nothing was sent or recorded.');
    stage.sandbox.control.open();
    await isEmpty(stage);
  });
});

describe('--dry-run', () => {
  test('calls nobody and leaves no trace', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['erase', 'ada', '--hard', '--yes', '--dry-run']);
    expect(run.code).toBe(0);
    expect(run.out).toContain('not looked up');
    expect(stage.log).toEqual([]);
    expect(await tree(stage.dir)).toEqual([]);
  });
});

describe('--yes', () => {
  test('says on stderr what it does, and nothing with --quiet', async () => {
    const stage = await setStage();
    const run = await stage.gdpr(['erase', 'ada', '--yes', ...FAST]);
    expect([run.code, run.err.includes('This will hide ada at Stream')]).toEqual([0, true]);
    const quiet = await stage.gdpr(['erase', 'user-000001', '--yes', '--quiet', ...FAST]);
    expect([quiet.code, quiet.err]).toEqual([0, '']);
  });

  test('sends the options that were given, and no others', async () => {
    const stage = await setStage();
    const args = ['--calls', 'soft', '--files', '--channels', '1_on_1', '--yes', '--json', ...FAST];
    const run = await stage.gdpr(['erase', 'ada', ...args]);
    expect(run.code).toBe(0);
    const { mode, steps } = JSON.parse(run.out);
    expect(mode).toBe('soft');
    expect(steps.map(({ options }: { options: object }) => options)).toEqual([
      { hard_delete: false },
      { user: 'soft', messages: 'soft', calls: 'soft', files: true },
      { channel_delete_option: '1_on_1' },
    ]);
  });
});
