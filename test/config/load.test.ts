import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SANDBOX, providerLack } from '../../src/config/accounts.ts';
import { loadSettings } from '../../src/config/load.ts';
import { NO_FLAGS, failure, fixture, profiles, world } from './world.ts';

const STREAM = { STREAM_API_KEY: 'key1', STREAM_API_SECRET: 'hunter2-env' };
const SENDBIRD = { SENDBIRD_APP_ID: 'APP-1', SENDBIRD_API_TOKEN: 'token-env' };

describe('where the profile comes from', () => {
  it('reads the example of docs/spec.md', async () => {
    const w = world();
    w.file('project/gdpr.config.yaml', fixture('spec.yaml'), 0o644);
    const settings = await loadSettings(NO_FLAGS, w.host({ STREAM_API_SECRET: 's3cret' }));
    expect(settings).toMatchObject({
      profile: 'production',
      operator: 'jane',
      stream: {
        apiKey: 'abc123',
        origin: 'https://chat.stream-io-api.com',
        products: ['feeds', 'chat'],
      },
      sendbird: { applicationId: '9DA1-xyz', origin: 'https://api-9da1-xyz.sendbird.com' },
      deadline: { country: 'DE', region: 'BE', timeZone: 'Europe/Berlin' },
      erase: { protected: ['^admin-'], stream: { messages: 'hard', files: true } },
      rate: { share: 0.8, outstanding: 1_000, start: { stream: 60, sendbird: 5 } },
      stateDir: join(w.home, '.local/state/gdpr/production'),
      warnings: [],
    });
    expect((await settings.stream?.apiSecret.read())?.reveal()).toBe('s3cret');
  });

  it('makes the profile default from the environment where there is no file', async () => {
    const w = world();
    const settings = await loadSettings(NO_FLAGS, w.host({ ...STREAM, ...SENDBIRD }));
    expect(settings.profile).toBe('default');
    expect(settings.stream).toMatchObject({ apiKey: 'key1', products: ['feeds', 'chat', 'video'] });
    expect((await settings.stream?.apiSecret.read())?.reveal()).toBe('hunter2-env');
    expect((await settings.sendbird?.apiToken.read())?.reveal()).toBe('token-env');
    expect(settings.sendbird?.origin).toBe('https://api-app-1.sendbird.com');
  });

  it.each<[string, { flag?: string; env?: string; project?: string; user?: string }, string]>([
    ['the flag', { flag: 'a', env: 'b', project: 'c', user: 'd' }, 'a'],
    ['GDPR_PROFILE', { env: 'b', project: 'c', user: 'd' }, 'b'],
    ['the project file', { project: 'c', user: 'd' }, 'c'],
    ['the user file', { user: 'd' }, 'd'],
  ])('lets %s choose', async (_, { flag, env, project, user }, expected) => {
    const w = world();
    w.file('project/.gdprrc', profiles(['a', 'b', 'c'], project));
    w.file('home/.config/gdpr/.gdprrc', profiles(['a', 'd'], user));
    const host = w.host(env === undefined ? {} : { GDPR_PROFILE: env });
    const settings = await loadSettings({ ...NO_FLAGS, profile: flag ?? null }, host);
    expect(settings).toMatchObject({ profile: expected, stream: { apiKey: `${expected}-key` } });
  });

  it('takes a profile whole from the project file, not filled up from the user file', async () => {
    const w = world();
    w.file('project/.gdprrc', profiles(['production']));
    w.file('home/.config/gdpr/.gdprrc.yaml', fixture('spec.yaml'));
    const settings = await loadSettings(NO_FLAGS, w.host());
    expect(settings).toMatchObject({
      profile: 'production',
      stream: { apiKey: 'production-key' },
      sendbird: null,
      deadline: { country: null },
    });
  });

  it('does not let the environment into a profile of a file, and says so', async () => {
    const w = world();
    w.file('project/.gdprrc', profiles(['production']));
    const settings = await loadSettings(
      NO_FLAGS,
      w.host({ ...STREAM, ...SENDBIRD, STREAM_BASE_URL: 'http://127.0.0.1:1' }),
    );
    expect(settings).toMatchObject({
      stream: { apiKey: 'production-key', origin: 'https://chat.stream-io-api.com' },
      sendbird: null,
    });
    expect(settings.warnings.join()).toMatch(/STREAM_API_KEY.*STREAM_BASE_URL.*SENDBIRD_APP_ID/);
  });

  it('takes the only profile, and asks when there are several', async () => {
    const w = world();
    w.file('project/.gdprrc', profiles(['only']));
    expect((await loadSettings(NO_FLAGS, w.host())).profile).toBe('only');
    w.file('project/.gdprrc', profiles(['one', 'two']));
    const error = await failure(loadSettings(NO_FLAGS, w.host(STREAM)));
    expect(error).toMatchObject({ fault: 'config', exit: 4 });
    expect(error.message).toContain('none is chosen: one, two');
    expect(error.next).toContain('--profile or GDPR_PROFILE');
  });

  it.each(['staging', 'constructor', '__proto__', '', 'default'])(
    'knows no profile %j',
    async (profile) => {
      const w = world();
      w.file('project/.gdprrc', profiles(['production', 'stagings']));
      const error = await failure(loadSettings({ ...NO_FLAGS, profile }, w.host(STREAM)));
      expect(error.fault).toBe('config');
      expect(error.message).toContain(`There is no profile "${profile}"`);
      expect(error.message.includes('Did you mean "stagings"')).toBe(profile === 'staging');
    },
  );

  it('knows no other profile than default where there is no file', async () => {
    const error = await failure(
      loadSettings({ ...NO_FLAGS, profile: 'production' }, world().host(STREAM)),
    );
    expect(error.message).toContain('No configuration file was found');
  });

  it('has the sandbox built in, away from what the environment says', async () => {
    const settings = await loadSettings({ ...NO_FLAGS, profile: 'sandbox' }, world().host(STREAM));
    const origin = `http://127.0.0.1:${SANDBOX.port}`;
    expect(settings).toMatchObject({
      profile: 'sandbox',
      stream: { origin },
      sendbird: { origin },
    });
    expect((await settings.stream?.apiSecret.read())?.reveal()).toBe(SANDBOX.stream.apiSecret);
    expect(settings.warnings).toHaveLength(1);
  });
});

describe('without a provider', () => {
  it('shows the two shortest ways out', async () => {
    const settings = await loadSettings(NO_FLAGS, world().host());
    const error = providerLack(settings);
    expect(error).toMatchObject({ fault: 'config', exit: 4 });
    expect(error?.next).toContain('STREAM_API_KEY=… STREAM_API_SECRET=…');
    expect(error?.next).toContain('gdpr --profile sandbox');
  });

  it('names a profile of a file that has none', async () => {
    const w = world();
    const path = w.file('project/.gdprrc', 'profiles: {p: {deadline: {country: DE}}}');
    const settings = await loadSettings(NO_FLAGS, w.host(STREAM));
    const error = providerLack(settings);
    expect(error?.message).toContain(`profiles.p in ${path}`);
  });
});

describe('other settings', () => {
  it.each(['sandbox', null])(
    'protects nobody and sets no option by itself (%s)',
    async (profile) => {
      const settings = await loadSettings({ ...NO_FLAGS, profile }, world().host(STREAM));
      expect(settings.erase).toEqual({ protected: [], stream: {} });
    },
  );

  it('says how fast the providers are called, as far as it says it', async () => {
    const w = world();
    w.file('project/.gdprrc', 'profiles: {p: {rate: {share: 0.5, start: {sendbird: 20}}}}');
    const settings = await loadSettings({ ...NO_FLAGS, profile: 'p' }, w.host({}));
    const start = { stream: 60, sendbird: 20 };
    expect(settings.rate).toEqual({ share: 0.5, outstanding: 1_000, start });
  });

  it('says it up to the bounds', async () => {
    const w = world();
    const rate = '{share: 1, outstanding: 100000, start: {stream: 1, sendbird: 1}}';
    w.file('project/.gdprrc', `profiles: {p: {rate: ${rate}}}`);
    const settings = await loadSettings({ ...NO_FLAGS, profile: 'p' }, w.host({}));
    const start = { stream: 1, sendbird: 1 };
    expect(settings.rate).toEqual({ share: 1, outstanding: 100_000, start });
  });

  it.each([
    ['share: 0', ['share']],
    ['share: 1.01', ['share']],
    ['share: half', ['share']],
    ['outstanding: 0', ['outstanding']],
    ['outstanding: 100001', ['outstanding']],
    ['outstanding: 1.5', ['outstanding']],
    ['start: {stream: 0, sendbird: 0.5}', ['start.stream', 'start.sendbird']],
    ['start: {stream: "60"}', ['start.stream']],
    ['shares: 1', ['shares']],
  ])('rate: {%s}: faults in %j', async (rate, faults) => {
    const w = world();
    w.file('project/.gdprrc', `profiles: {p: {rate: {${rate}}}}`);
    const { message } = await failure(loadSettings({ ...NO_FLAGS, profile: 'p' }, w.host({})));
    for (const fault of faults) {
      expect(message).toMatch(new RegExp(`profiles\\.p\\.rate\\.${fault}: (must|is not known)`));
    }
  });

  it.each<[string, string | null, Record<string, string>, string]>([
    ['the flag', 'rel', { GDPR_STATE_DIR: '/b', XDG_STATE_HOME: '/c' }, 'CWD/rel/default'],
    ['GDPR_STATE_DIR', null, { GDPR_STATE_DIR: '/b', XDG_STATE_HOME: '/c' }, '/b/default'],
    ['XDG_STATE_HOME', null, { XDG_STATE_HOME: '/c' }, '/c/gdpr/default'],
    ['not a relative one', null, { XDG_STATE_HOME: 'c' }, 'HOME/.local/state/gdpr/default'],
    ['an empty one', null, { GDPR_STATE_DIR: '' }, 'HOME/.local/state/gdpr/default'],
  ])('keeps state by %s', async (_, stateDir, env, expected) => {
    const w = world();
    const settings = await loadSettings({ ...NO_FLAGS, stateDir }, w.host({ ...STREAM, ...env }));
    expect(settings.stateDir).toBe(expected.replace('CWD', w.project).replace('HOME', w.home));
  });

  it('refuses an empty --state-dir', async () => {
    const error = await failure(loadSettings({ ...NO_FLAGS, stateDir: '' }, world().host(STREAM)));
    expect(error.message).toContain('--state-dir');
  });

  it('takes the operator from GDPR_OPERATOR, and no escape sequences', async () => {
    const w = world();
    const named = await loadSettings(NO_FLAGS, w.host({ ...STREAM, GDPR_OPERATOR: 'Jöran K.' }));
    expect(named.operator).toBe('Jöran K.');
    for (const bad of ['a\u001b[31m', 'a\nb', '\u0000', 'a\u2028b', '\ud800', 'x'.repeat(256)]) {
      const host = w.host({ ...STREAM, GDPR_OPERATOR: bad });
      expect((await failure(loadSettings(NO_FLAGS, host))).message).not.toContain(bad);
    }
  });
});

it('shows no secret however the settings are printed', async () => {
  const w = world();
  w.file('project/.gdprrc', fixture('plain.yaml'));
  const settings = await loadSettings(NO_FLAGS, w.host(SENDBIRD));
  const read = await settings.stream?.apiSecret.read();
  const shown = [
    inspect(settings, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(settings),
    inspect(read, { showHidden: true }),
    JSON.stringify({ read }),
    String(read),
  ];
  expect(shown.join()).not.toMatch(/hunter2|token-env/);
  expect(read?.reveal()).toBe('hunter2-plain');
  expect(settings.warnings.join()).toContain('profiles.production.stream.apiSecret');
});
