import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ConfigExamination, examineConfig } from '../../src/config/examine.ts';
import { NO_FLAGS, OWN_UID, profiles, world } from './world.ts';

function from({ origins }: ConfigExamination): Record<string, string> {
  return Object.fromEntries(origins.map(({ key, from: place }) => [key, place]));
}

function values({ origins }: ConfigExamination): Record<string, string | null> {
  return Object.fromEntries(origins.map(({ key, value }) => [key, value]));
}

const FULL = JSON.stringify({
  profile: 'production',
  profiles: {
    production: {
      stream: {
        apiKey: 'k1',
        apiSecret: { env: 'S' },
        baseUrl: 'https://s.example',
        products: ['chat'],
      },
      sendbird: { applicationId: 'APP', apiToken: { command: ['op', 'read', 'hidden-argument'] } },
      deadline: { country: 'DE', region: 'BE', timeZone: 'Europe/Berlin' },
      erase: { protected: ['^admin-', '^bot-'], stream: { messages: 'hard', files: true } },
    },
  },
});

describe('where values come from', () => {
  test('all of a file', async () => {
    const place = world();
    const file = place.file('home/.config/gdpr/.gdprrc.json', FULL);
    const found = await examineConfig(NO_FLAGS, place.host());
    expect(found.fault).toBeNull();
    expect(from(found)).toEqual({
      profile: `profile in ${file}`,
      'stream.apiKey': file,
      'stream.apiSecret': `the variable S, which ${file} names`,
      'stream.baseUrl': file,
      'stream.products': file,
      'sendbird.applicationId': file,
      'sendbird.apiToken': `the command op, which ${file} names`,
      'sendbird.baseUrl': 'the default',
      'deadline.country': file,
      'deadline.region': file,
      'deadline.timeZone': file,
      'erase.protected': file,
      'erase.stream': file,
      stateDir: 'the default',
      operator: 'the system user',
    });
    expect(values(found)).toMatchObject({
      profile: 'production',
      'stream.apiSecret': null,
      'stream.products': 'chat',
      'sendbird.baseUrl': 'https://api-app.sendbird.com',
      'erase.protected': '^admin-, ^bot-',
      'erase.stream': 'messages hard, files true',
    });
    expect(JSON.stringify(found.origins)).not.toContain('hidden-argument');
  });

  test('what a file leaves open is a default', async () => {
    const place = world();
    const file = place.file('home/.config/gdpr/.gdprrc.json', profiles(['p']));
    const found = await examineConfig(NO_FLAGS, place.host());
    expect(from(found)).toMatchObject({
      profile: 'the only one there is',
      'stream.apiKey': file,
      'stream.baseUrl': 'the default',
      'stream.products': 'the default',
      'deadline.country': 'the default',
      'deadline.timeZone': 'the system',
    });
    expect(Object.keys(from(found))).not.toContain('sendbird.apiToken');
    expect(Object.keys(from(found))).not.toContain('erase.protected');
  });

  test('the environment, each by its variable', async () => {
    const env = {
      STREAM_API_KEY: 'k1',
      STREAM_API_SECRET: 'canary-secret',
      SENDBIRD_APP_ID: 'APP',
      SENDBIRD_API_TOKEN: 'canary-token',
      SENDBIRD_BASE_URL: 'https://b.example',
      GDPR_STATE_DIR: '/state',
      GDPR_OPERATOR: 'joe',
    };
    const found = await examineConfig(NO_FLAGS, world().host(env));
    expect(from(found)).toMatchObject({
      profile: 'the built-in default',
      'stream.apiKey': 'STREAM_API_KEY',
      'stream.apiSecret': 'STREAM_API_SECRET',
      'stream.baseUrl': 'the default',
      'sendbird.applicationId': 'SENDBIRD_APP_ID',
      'sendbird.apiToken': 'SENDBIRD_API_TOKEN',
      'sendbird.baseUrl': 'SENDBIRD_BASE_URL',
      stateDir: 'GDPR_STATE_DIR',
      operator: 'GDPR_OPERATOR',
    });
    expect(JSON.stringify(found.origins)).not.toContain('canary');
  });

  test.each([
    [{ profile: 'a' }, { GDPR_PROFILE: 'b' }, ['a', '--profile']],
    [{}, { GDPR_PROFILE: 'b' }, ['b', 'GDPR_PROFILE']],
    [{ profile: 'sandbox' }, {}, ['sandbox', '--profile']],
  ])('the profile by %j and %j', async (flags, env, [name, place]) => {
    const here = world();
    here.file('home/.config/gdpr/.gdprrc.json', profiles(['a', 'b']));
    const found = await examineConfig({ ...NO_FLAGS, ...flags }, here.host(env));
    expect([values(found)['profile'], from(found)['profile']]).toEqual([name, place]);
  });

  test('the profile by the project file, before the user file', async () => {
    const place = world();
    place.file('home/.config/gdpr/.gdprrc.json', profiles(['a', 'b'], 'a'));
    const file = place.file('project/.gdprrc.json', profiles(['a', 'b'], 'b'));
    const found = await examineConfig(NO_FLAGS, place.host());
    expect(found.found.map(({ kind }) => kind)).toEqual(['project', 'user']);
    expect([values(found)['profile'], from(found)['profile']]).toEqual(['b', `profile in ${file}`]);
  });

  test('the built-in profile', async () => {
    const found = await examineConfig({ ...NO_FLAGS, profile: 'sandbox' }, world().host());
    expect(from(found)).toMatchObject({ 'stream.apiSecret': 'the built-in profile' });
    expect(values(found)).toMatchObject({ 'stream.apiSecret': null });
  });

  test.each([
    [{ stateDir: 'x' }, { GDPR_STATE_DIR: '/y' }, '--state-dir'],
    [{}, { GDPR_STATE_DIR: '/y', XDG_STATE_HOME: '/z' }, 'GDPR_STATE_DIR'],
    [{}, { XDG_STATE_HOME: '/z' }, 'XDG_STATE_HOME'],
    [{}, { XDG_STATE_HOME: 'relative' }, 'the default'],
  ])('the state folder by %j and %j', async (flags, env, place) => {
    const found = await examineConfig(
      { ...NO_FLAGS, profile: 'sandbox', ...flags },
      world().host(env),
    );
    expect(from(found)['stateDir']).toBe(place);
  });
});

describe('modes', () => {
  test('of the files and of those that hold secrets of the profile; a link may hold one', async () => {
    const place = world();
    const secret = place.file('home/secrets/stream', 'x', 0o640);
    symlinkSync(secret, join(place.home, 'link'));
    const profile = {
      stream: { apiKey: 'k', apiSecret: { file: '../../link' } },
      sendbird: { applicationId: 'A', apiToken: { file: '../../gone' } },
    };
    const file = place.file(
      'home/.config/gdpr/.gdprrc.json',
      JSON.stringify({ profiles: { p: profile } }),
      0o644,
    );
    const { modes, fault } = await examineConfig(NO_FLAGS, place.host());
    expect(fault).toBeNull();
    expect(modes).toEqual([
      { path: file, mode: 0o644, fault: null },
      { path: join(place.home, 'link'), mode: 0o640, fault: null },
      { path: join(place.home, 'gone'), mode: null, fault: 'does not exist' },
    ]);
  });

  test('are told also when the file cannot be used', async () => {
    const place = world();
    place.file('home/.config/gdpr/.gdprrc.json', profiles(['p']), 0o666);
    const found = await examineConfig(NO_FLAGS, place.host());
    expect(found).toMatchObject({ settings: null, origins: [], fault: { fault: 'config' } });
    expect(found.modes[0]?.fault).toMatch(/other users can write it/);
  });

  test('another owner is told', async () => {
    if (OWN_UID === 0) return;
    const place = world();
    place.file('home/.config/gdpr/.gdprrc.json', profiles(['p']));
    const { modes } = await examineConfig(NO_FLAGS, place.host({}, { uid: OWN_UID + 1 }));
    expect(modes[0]?.fault).toMatch(/another user/);
  });
});

test('a configuration without a provider is read, and what is missing is told', async () => {
  const place = world();
  place.file('project/deep/er/.gdprrc.json', JSON.stringify({ profiles: { p: {} } }));
  const found = await examineConfig(NO_FLAGS, place.host());
  expect(found.settings).toMatchObject({ profile: 'p', stream: null });
  expect(found.fault?.message).toMatch(/Neither Stream nor Sendbird is configured/);
});
