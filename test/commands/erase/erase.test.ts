import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { trust } from '../../support/trust.ts';
import { CONFIGURED, setStage } from '../stage.ts';

const { STREAM_API_KEY, STREAM_API_SECRET, STREAM_BASE_URL } = CONFIGURED;
const { SENDBIRD_APP_ID, SENDBIRD_API_TOKEN, SENDBIRD_BASE_URL } = CONFIGURED;
const STREAM_ONLY = { STREAM_API_KEY, STREAM_API_SECRET, STREAM_BASE_URL };
const SENDBIRD_ONLY = { SENDBIRD_APP_ID, SENDBIRD_API_TOKEN, SENDBIRD_BASE_URL };

/** Flags that contradict, need one another or mean nothing here. */
const wrong: readonly (readonly [string[], RegExp])[] = [
  [['erase'], /Nobody is named/],
  [['erase', 'a/b'], /holds a slash/],
  [['erase', '..', '--yes'], /is a path/],
  [['erase', 'ada', '', '--yes'], /"" is empty/],
  [['erase', 'ada', '--hard', '--mode', 'soft'], /--hard and --mode soft contradict/],
  [['erase', 'ada', '--hard', '--mode', 'pruning'], /--hard and --mode pruning contradict/],
  [['erase', 'ada', '--mode', 'harder'], /one of: soft, pruning, hard/],
  [['erase', 'ada', '--hard', '--messages', 'soft'], /messages and conversations must be hard/],
  [['erase', 'ada', '--hard', '--conversations', 'soft'], /must be hard as well/],
  [['erase', 'ada', '--conversations', 'pruning'], /pruning for users and messages only/],
  [['erase', 'ada', '--calls', 'pruning'], /pruning for users and messages only/],
  [['erase', 'ada', '--calls', 'all'], /one of: soft, hard/],
  [['erase', 'ada', '--new-channel-owner', 'bob'], /--new-channel-owner has no effect/],
  [['erase', 'ada', '--hard', '--new-call-owner', 'ada'], /"ada" is to be erased/],
  [['erase', 'ada', '--hard', '--new-call-owner', ' bob'], /white space/],
  [['erase', 'ada', '--accept-partial-export'], /without --export-first/],
  [['erase', 'ada', '--out', 'there'], /--out has no effect without --export-first/],
  [['erase', 'ada', '--export-first', '--out', ''], /--out names no folder/],
  [['erase', 'ada', '--channels', 'some'], /one of: do_not_delete, 1_on_1, all/],
  [['erase', 'ada', '--channels', 'all', '--provider', 'stream'], /--channels has no effect/],
  [['erase', 'ada', '--calls', 'hard', '--provider', 'sendbird'], /--calls has no effect/],
  [['erase', 'ada', '--files', '--provider', 'sendbird'], /--files has no effect/],
  [['erase', '--sendbird-id', 'ada', '--messages', 'hard'], /--messages has no effect/],
  [['erase', 'ada', '--mode', 'soft', '--provider', 'sendbird'], /there is permanent/],
  [['erase', 'ada', '--mode', 'pruning', '--provider', 'sendbird'], /there is permanent/],
  [['erase', 'ada', '--max-subjects', '0'], /whole number above 0/],
  [['erase', 'ada', '--max-subjects', '1e3'], /whole number above 0/],
  [['erase', 'ada', '--received', '2026-11-21'], /in the future/],
  [['restore'], /Nobody is named.*/],
  [['restore', 'ada', '--received', '2026-11-20'], /unknown option/],
  [['restore', 'ada', '--hard'], /unknown option/],
  [['restore', 'ada', '--poll-interval', '0s'], /shortest interval is 1ms/],
];

describe('what is not understood', () => {
  test.each(wrong)('gdpr %j: exit 2, nothing made', async (args, sentence) => {
    const stage = setStage();
    const { code, err, out } = await stage.gdpr(...args, '--yes');
    expect(err).toMatch(sentence);
    expect(err).toContain('Nothing was sent.');
    expect([code, out]).toEqual([2, '']);
    expect(stage.made()).toEqual([]);
  });

  it('comes before any guard: there is no terminal here', async () => {
    const { code } = await setStage().gdpr('erase', 'ada', '--hard', '--messages', 'soft');
    expect(code).toBe(2);
  });

  it('--hard with --mode hard, and with Sendbird alone, is no contradiction', async () => {
    const stage = setStage();
    expect((await stage.gdpr('erase', 'ada', '--hard', '--mode', 'hard', '--dry-run')).code).toBe(
      0,
    );
    const alone = ['erase', 'ada', '--hard', '--provider', 'sendbird', '--dry-run', '--json'];
    expect(JSON.parse((await stage.gdpr(...alone)).out)).toMatchObject({ mode: 'hard' });
  });

  it('a provider that is not configured is exit 4', async () => {
    const { code, err } = await setStage(STREAM_ONLY).gdpr(
      'erase',
      'ada',
      '--provider',
      'sendbird',
    );
    expect([code, err.includes('does not configure sendbird')]).toEqual([4, true]);
  });

  it('flags of a provider that is not configured have no effect', async () => {
    const { code, err } = await setStage(SENDBIRD_ONLY).gdpr('erase', 'ada', '--files');
    expect([code, err.includes('Stream is not asked')]).toEqual([2, true]);
  });
});

/** A stage whose profile protects some ids. */
function protecting(patterns: readonly string[]) {
  const stage = setStage({});
  const file = join(stage.dir, 'gdpr.config.json');
  const stream = { apiKey: 'key-1', apiSecret: { env: 'S' } };
  const profiles = { production: { stream, erase: { protected: patterns } } };
  writeFileSync(file, JSON.stringify({ profiles }));
  chmodSync(file, 0o600);
  trust(file, stage.dir);
  return stage;
}

describe('guards that need nobody', () => {
  const many = Array.from({ length: 101 }, (_, index) => `user-${index}`);

  it.each([
    ['no terminal', ['erase', 'ada'], 'there is no terminal to ask at'],
    ['--no-input', ['erase', 'ada', '--no-input'], '--no-input forbids asking'],
    ['--json', ['--json', 'erase', 'ada'], 'with --json nobody is asked'],
    ['no terminal', ['restore', 'ada'], 'there is no terminal to ask at'],
    ['--no-input', ['restore', 'ada', '--no-input'], '--no-input forbids asking'],
  ])('%s without --yes: exit 6 before anybody is asked', async (_, args, why) => {
    const stage = setStage();
    const { code, err, out } = await stage.gdpr(...args);
    expect([code, out]).toEqual([6, '']);
    expect(err).toContain(why);
    expect(err).toContain('add --yes');
    expect(stage.made()).toEqual([]);
  });

  it('one of stdin and stderr at a terminal is not enough', async () => {
    const stdin = { isTTY: true, stream: process.stdin, onContinued: () => () => {} };
    const { code, err } = await setStage(CONFIGURED, { stdin }).gdpr('erase', 'ada');
    expect([code, err.includes('no terminal')]).toEqual([6, true]);
  });

  it('more than --max-subjects: says how many, and the flag that allows them', async () => {
    const stage = setStage();
    const { code, err } = await stage.gdpr('erase', ...many, '--yes');
    expect(code).toBe(6);
    expect(err).toContain('101 subjects are named, and one run may erase 100.');
    expect(err).toContain('add --max-subjects 101');
    expect(stage.made()).toEqual([]);
    const three = await stage.gdpr('erase', 'a', 'b', 'c', '--yes', '--max-subjects', '2');
    expect([three.code, three.err.includes('one run may erase 2.')]).toEqual([6, true]);
  });

  it.each([
    ['ada', '^ada$', []],
    ['admin-7', '^admin-', []],
    ['x', '^s-', ['--stream-id', 's-1']],
    ['x', '^b-', ['--sendbird-id', 'b-1']],
    ['😀', '^.$', []],
  ])('protects %s by %s, --yes or not', async (user, pattern, more) => {
    const stage = protecting(['^never$', pattern]);
    for (const yes of [['--yes'], []]) {
      const { code, err } = await stage.gdpr('erase', user, ...more, ...yes);
      expect(code).toBe(6);
      expect(err).toContain('erase.protected in the profile production');
      expect(err).toContain(JSON.stringify(pattern));
      expect(err).toContain('No flag allows it');
      expect(stage.hasState()).toBe(false);
    }
  });

  it('protects nobody else', async () => {
    const { err } = await protecting(['^admin-']).gdpr('erase', 'ada');
    expect(err).toContain('no terminal');
  });

  it('a dry run reports them, and exits 0', async () => {
    const stage = protecting(['^user-3$']);
    const run = await stage.gdpr('erase', ...many, '--dry-run');
    expect([run.code, run.err]).toEqual([0, '']);
    const said = run.out.replaceAll(/\s+/g, ' ');
    expect(said).toContain('Would be refused: 101 subjects are named');
    expect(said).toContain('Would be refused: protected by erase.protected');
    expect(said).toContain('Would be refused: this needs a yes');
    expect(stage.hasState()).toBe(false);
    const json = await stage.gdpr('--json', 'erase', 'user-3', '--dry-run', '--yes');
    expect(JSON.parse(json.out).guards).toEqual([
      { message: expect.stringContaining('protected'), next: expect.any(String) },
    ]);
  });
});

describe('--dry-run', () => {
  it('prints the plan in words, calls nobody and leaves no trace', async () => {
    const stage = setStage();
    const { code, out, err } = await stage.gdpr('erase', 'ada', '--hard', '--yes', '--dry-run');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Found     not looked up');
    expect(out).toContain(
      'This will erase ada for good, in profile default (Stream app key-1, Sendbird app',
    );
    expect(out).not.toContain('Would be refused');
    expect(out).not.toMatch(/canary/);
    expect(stage.made()).toEqual([]);
  });

  it('--json: gdpr-plan/1 with the keys of an export and more', async () => {
    const args = ['erase', 'ada', 'grace', '--hard', '--channels', '1_on_1', '--export-first'];
    const stage = setStage();
    const { out } = await stage.gdpr('--json', ...args, '--dry-run', '--yes');
    const [first, second] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({
      schema: 'gdpr-plan/1',
      action: 'erase',
      mode: 'hard',
      subject: { user_id: 'ada', stream_id: 'ada', sendbird_id: 'ada' },
      out_dir: join(stage.dir, 'gdpr-exports'),
      calls: 6,
      export_first: true,
      accept_partial_export: false,
      needs: 'typed',
      guards: [],
      run: {
        subjects: 2,
        calls: { delete_feeds: 2, delete_users: 1, delete: 1 },
        least_seconds: null,
      },
    });
    expect(first.found[0]).toEqual({
      provider: 'stream',
      subject_id: 'ada',
      looked_up: false,
      visible: null,
      name: null,
      created_at: null,
      last_seen_at: null,
      deactivated: null,
      feed_data: null,
      earlier_request_id: null,
    });
    expect(first.effects).toContainEqual({
      provider: 'sendbird',
      what: 'channels',
      how: 'one_to_one_removed',
      undo: 'never',
      owner: null,
    });
    expect(Object.keys(second)).toEqual(Object.keys(first));
    expect(stage.made()).toEqual([]);
  });

  it('of a restore: a call at Stream, none at Sendbird', async () => {
    const { out } = await setStage().gdpr('--json', 'restore', 'ada', '--dry-run', '--yes');
    expect(JSON.parse(out)).toMatchObject({
      action: 'restore',
      mode: null,
      calls: 1,
      needs: 'answered',
      steps: [
        { provider: 'stream', operation: 'restore_users', state: 'planned' },
        { provider: 'sendbird', state: 'unsupported', note: expect.stringContaining('permanent') },
      ],
    });
  });
});
