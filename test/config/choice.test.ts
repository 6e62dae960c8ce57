import { describe, expect, it, test } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { doubtsOf } from '../../src/config/profile.ts';
import type { ConfigFlags } from '../../src/config/settings.ts';
import { NO_FLAGS, failure, profiles, world } from './world.ts';

const STREAM = { STREAM_API_KEY: 'k', STREAM_API_SECRET: 'hidden-secret' };
const SENDBIRD = { SENDBIRD_APP_ID: 'APP', SENDBIRD_API_TOKEN: 'hidden-token' };
const BOTH = { ...STREAM, ...SENDBIRD };
const HERE = 'http://127.0.0.1:4281';
const OWN = 'https://chat.stream-io-api.com';

const secret = { env: 'STREAM_API_SECRET' };
const STREAM_ONLY = { stream: { apiKey: 'k', apiSecret: secret } };
const SENDBIRD_ONLY = { sendbird: { applicationId: 'APP', apiToken: { env: 'T' } } };

/** What is in doubt about a user's file with this profile, beside these variables. */
async function doubts(
  profile: unknown,
  env: Record<string, string>,
  { flags = {}, more = {} }: { flags?: Partial<ConfigFlags>; more?: object } = {},
): Promise<readonly { message: string; next: string }[]> {
  const w = world();
  w.file('home/.config/gdpr/.gdprrc.json', JSON.stringify({ ...more, profiles: { p: profile } }));
  return doubtsOf(await loadSettings({ ...NO_FLAGS, ...flags }, w.host(env)), null);
}

describe('a file beside the variables', () => {
  test.each<[string, unknown, Record<string, string>]>([
    ['the same account', STREAM_ONLY, STREAM],
    ['the same by its address', STREAM_ONLY, { ...STREAM, STREAM_BASE_URL: `${OWN}/` }],
    ['one of two', { ...STREAM_ONLY, ...SENDBIRD_ONLY }, STREAM],
    ['a provider more', STREAM_ONLY, BOTH],
    ['no secret', STREAM_ONLY, { STREAM_API_KEY: 'other', STREAM_BASE_URL: HERE }],
    ['an empty secret', STREAM_ONLY, { STREAM_API_KEY: 'other', STREAM_API_SECRET: '' }],
    ['the secret that the file names', STREAM_ONLY, { STREAM_API_SECRET: 's' }],
    ['another that is not whole', STREAM_ONLY, { ...STREAM, SENDBIRD_APP_ID: 'A' }],
  ])('leaves no doubt: %s', async (_, profile, env) => {
    expect(await doubts(profile, env)).toEqual([]);
  });

  test.each<[string, unknown, Record<string, string>, string]>([
    ['another app', STREAM_ONLY, { ...STREAM, STREAM_API_KEY: 'o' }, `Stream app o at ${OWN}`],
    [
      'the same app elsewhere',
      STREAM_ONLY,
      { ...STREAM, STREAM_BASE_URL: HERE },
      `Stream app k at ${HERE}`,
    ],
    [
      'another for one of two',
      { ...STREAM_ONLY, ...SENDBIRD_ONLY },
      { ...BOTH, SENDBIRD_BASE_URL: HERE },
      `Stream app k at ${OWN}, Sendbird app APP at ${HERE}`,
    ],
    ['another provider', STREAM_ONLY, SENDBIRD, 'Sendbird app APP at https://api-app.sendbird.com'],
    ['no provider in the file', {}, STREAM, '(no provider)'],
    [
      'an address that is none',
      STREAM_ONLY,
      { ...STREAM, STREAM_BASE_URL: 'http://u:hidden@x/v1' },
      '(Stream, not usable as they are)',
    ],
    [
      'an id that is none',
      SENDBIRD_ONLY,
      { ...SENDBIRD, SENDBIRD_APP_ID: 'hidden/\u001b' },
      '(Sendbird, not usable as they are)',
    ],
  ])('is in doubt: %s', async (_, profile, env, words) => {
    const [doubt, ...others] = await doubts(profile, env);
    expect(others).toEqual([]);
    expect(doubt).toMatchObject({ fault: 'config', exit: 4, requestIds: [] });
    expect(doubt?.message).toContain('the profile p of /');
    expect(doubt?.message).toContain(words);
    expect(doubt?.message).not.toContain('hidden');
    expect(doubt?.next).toContain('--profile p, or --profile environment');
  });

  test.each<[string, Partial<ConfigFlags>, Record<string, string>]>([
    ['--profile', { profile: 'p' }, {}],
    ['--profile environment', { profile: 'environment' }, {}],
    ['--profile sandbox', { profile: 'sandbox' }, {}],
    ['GDPR_PROFILE', {}, { GDPR_PROFILE: 'p' }],
    ['GDPR_PROFILE=environment', {}, { GDPR_PROFILE: 'environment' }],
  ])('is decided by %s', async (_, flags, env) => {
    const other = { ...BOTH, STREAM_BASE_URL: HERE, ...env };
    expect(await doubts(STREAM_ONLY, other, { flags })).toEqual([]);
  });

  test.each(['p', 'sandbox'])('is not decided by "profile: %s" in the file', async (profile) => {
    const other = { ...BOTH, STREAM_BASE_URL: HERE };
    expect(await doubts(STREAM_ONLY, other, { more: { profile } })).toHaveLength(1);
  });

  test('is not decided by --config or GDPR_CONFIG, which say where and not which', async () => {
    const w = world();
    const config = w.file('c.json', JSON.stringify({ profiles: { p: STREAM_ONLY } }));
    const other = { ...STREAM, STREAM_BASE_URL: HERE };
    const ways = [
      [{ ...NO_FLAGS, config }, w.host(other)],
      [NO_FLAGS, w.host({ ...other, GDPR_CONFIG: config })],
    ] as const;
    for (const [flags, host] of ways) {
      expect(doubtsOf(await loadSettings(flags, host), null)).toHaveLength(1);
    }
  });
});

describe('the profile environment', () => {
  it('is what the variables name, whatever the files say, with a ledger of its own', async () => {
    const w = world();
    w.file('project/.gdprrc', profiles(['default', 'other'], 'other'));
    const host = w.host({ ...STREAM, STREAM_BASE_URL: HERE, GDPR_STATE_DIR: '/state' });
    const settings = await loadSettings({ ...NO_FLAGS, profile: 'environment' }, host);
    expect(settings).toMatchObject({
      profile: 'environment',
      stream: { apiKey: 'k', origin: HERE },
      sendbird: null,
      stateDir: '/state/environment',
      warnings: [],
    });
    expect((await settings.stream?.apiSecret.read())?.reveal()).toBe('hidden-secret');
  });

  it('says what is missing in the variables', async () => {
    const host = world().host({ STREAM_API_KEY: 'k', GDPR_PROFILE: 'environment' });
    expect((await failure(loadSettings(NO_FLAGS, host))).message).toContain(
      'STREAM_API_SECRET is not set',
    );
  });

  it.each(['environment', 'Environment'])('cannot be defined in a file as %s', async (name) => {
    const w = world();
    w.file('home/.config/gdpr/.gdprrc', profiles([name]));
    const error = await failure(loadSettings({ ...NO_FLAGS, profile: 'sandbox' }, w.host()));
    expect(error.message).toContain(`profiles.${name}: is built in and cannot be defined`);
  });
});

/** What an erase or restore is told, with and without `--yes`. */
async function told(
  names: readonly string[],
  {
    inFile,
    flags = {},
    env = {},
  }: { inFile?: string; flags?: object; env?: Record<string, string> },
): Promise<readonly string[][]> {
  const w = world();
  w.file('project/.gdprrc', profiles(names, inFile));
  const settings = await loadSettings({ ...NO_FLAGS, ...flags }, w.host(env));
  return [true, false, null].map((yes) => doubtsOf(settings, yes).map(({ message }) => message));
}

describe('several profiles', () => {
  const one = [expect.stringMatching(/^There are several profiles, and .*: default, b\.$/)];
  test.each<[string, Parameters<typeof told>, unknown]>([
    ['--profile', [['default', 'b'], { flags: { profile: 'b' } }], [[], [], []]],
    ['GDPR_PROFILE', [['default', 'b'], { env: { GDPR_PROFILE: 'b' } }], [[], [], []]],
    ['"profile:", not with --yes', [['default', 'b'], { inFile: 'b' }], [one, [], []]],
    ['nothing', [['default', 'b'], {}], [one, one, []]],
    ['nothing, of one', [['a'], {}], [[], [], []]],
    ['"profile:", of one', [['a'], { inFile: 'a' }], [[], [], []]],
  ])('are chosen from by %s', async (_, about, expected) => {
    expect(await told(...about)).toEqual(expected);
  });

  it('count over both files', async () => {
    const w = world();
    w.file('project/.gdprrc', profiles(['a'], 'a'));
    w.file('home/.config/gdpr/.gdprrc', profiles(['b']));
    const settings = await loadSettings(NO_FLAGS, w.host());
    expect(doubtsOf(settings, true)).toHaveLength(1);
  });
});
