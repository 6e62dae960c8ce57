import { execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { NO_FLAGS, OWN_UID, type World, failure, fixture, profiles, world } from './world.ts';

async function faultsIn(w: World, overrides = {}): Promise<string> {
  const error = await failure(loadSettings(NO_FLAGS, w.host({}, overrides)));
  expect(error).toMatchObject({ fault: 'config', exit: 4 });
  expect(inspect(error, { depth: 10 })).not.toContain('hunter2');
  return error.message;
}

describe('faults of a file', () => {
  it('reports every one at once, with its path', async () => {
    const w = world();
    const path = w.file('project/gdpr.config.yaml', fixture('faulty.yaml'));
    const lines = (await faultsIn(w)).split('\n').slice(1);
    expect(lines.every((line) => line.startsWith(`  ${path}: `))).toBe(true);
    const faults = lines.map((line) => line.slice(path.length + 4)).toSorted();
    expect(faults.map((fault) => fault.slice(0, fault.indexOf(': ')))).toEqual(
      [
        'profil',
        'profiles."../up"',
        'profiles.orphan.deadline.region',
        'profiles.production.deadline.country',
        'profiles.production.deadline.timeZone',
        'profiles.production.erase.protected[0]',
        'profiles.production.erase.stream.file',
        'profiles.production.erase.stream.messages',
        'profiles.production.sendbird.apiToken',
        'profiles.production.sendbird.applicationId',
        'profiles.production.sendbird.baseUrl',
        'profiles.production.stream.apiKey',
        'profiles.production.stream.apiSecret',
        'profiles.production.stream.apikey',
        'profiles.production.stream.baseUrl',
        'profiles.production.stream.products[1]',
        'profiles.sandbox',
      ].toSorted(),
    );
    expect(faults).toContain('profil: is not known here. Did you mean "profile"?');
    expect(faults).toContain(
      'profiles.production.stream.apikey: is not known here. Did you mean "apiKey"?',
    );
    expect(faults).toContain('profiles.production.stream.apiKey: is missing');
    expect(faults).toContain(
      'profiles.production.stream.products[1]: must be one of feeds, chat, video',
    );
  });

  it('reports those of both files', async () => {
    const w = world();
    const project = w.file('project/.gdprrc', 'profile: [a]');
    const user = w.file('home/.config/gdpr/.gdprrc', 'profiles: 3');
    const message = await faultsIn(w);
    expect(message).toContain(`${project}: profile: must be text`);
    expect(message).toContain(`${user}: profiles: must be a mapping`);
  });

  it.each([
    ['.gdprrc', 'a: *hunter2'],
    ['.gdprrc', 'apiSecret: hunter2: x'],
    ['.gdprrc', 'a: !hunter2 x'],
    ['.gdprrc', 'a: 1\n---\nb: hunter2'],
    ['.gdprrc.json', '{"apiSecret": hunter2}'],
    ['.gdprrc.json', '{"apiSecret": "hunter2" "x"}'],
    ['.gdprrc.json', '{"apiSecret": "hunter2'],
  ])('says where %s breaks without quoting it: %j', async (name, text) => {
    const w = world();
    const path = w.file(`project/${name}`, text);
    expect(await faultsIn(w)).toContain(`${path} is not valid`);
  });

  it.each(['[]', '- a', '3', 'hunter2', 'null'])('refuses %j for a file', async (text) => {
    const w = world();
    w.file('project/.gdprrc', text);
    expect(await faultsIn(w)).toContain('the file as a whole must be a mapping');
  });

  it('refuses what is not UTF-8 and what is too large', async () => {
    const w = world();
    const path = w.file('project/.gdprrc', '');
    execFileSync('sh', ['-c', `printf 'a: \\377' > '${path}'`]);
    expect(await faultsIn(w)).toContain('is not UTF-8');
    w.file('project/.gdprrc', '#'.repeat(1024 * 1024 + 1));
    expect(await faultsIn(w)).toContain('larger than 1 MiB');
  });

  it('does not wait for a pipe', async () => {
    const w = world();
    execFileSync('mkfifo', [join(w.project, '.gdprrc')]);
    expect(await faultsIn(w)).toContain('is not a regular file');
  });
});

describe('who may write a file', () => {
  it.each(['620', '602', '666', '664'])('refuses mode %s', async (mode) => {
    const w = world();
    const path = w.file('home/.config/gdpr/.gdprrc', 'profiles: {}', Number.parseInt(mode, 8));
    expect(await faultsIn(w)).toContain(`${path} is refused: other users can write it`);
  });

  it('refuses the file of another user', async () => {
    const w = world();
    const path = w.file('project/.gdprrc', 'profiles: {}');
    // Root's own files are everybody's to use, so that root must give this one away first.
    if (OWN_UID === 0) chownSync(path, 4242, 4242);
    expect(await faultsIn(w, { uid: OWN_UID + 1 })).toContain('is refused: another user');
  });

  it.skipIf(OWN_UID !== 0)('takes a file of root', async () => {
    const w = world();
    w.file('project/.gdprrc', 'profiles: {p: {stream: {apiKey: k, apiSecret: {env: S}}}}');
    expect((await loadSettings(NO_FLAGS, w.host({}, { uid: 4242 }))).profile).toBe('p');
  });

  it.each(['640', '604', '644'])('refuses a plain secret in a file of mode %s', async (mode) => {
    const w = world();
    w.file('home/.config/gdpr/.gdprrc', fixture('plain.yaml'), Number.parseInt(mode, 8));
    expect(await faultsIn(w)).toContain(
      'profiles.production.stream.apiSecret: is a plain secret in a file that other users can read',
    );
  });
});

describe('a base URL of a project file', () => {
  const secrets = ['{ env: S }', '{ file: s }', '{ command: [echo, s] }'];
  const cases = secrets.flatMap((secret) => [
    [`stream: {apiKey: k, apiSecret: ${secret}, baseUrl: "https://evil.example"}`],
    [`stream: {apiKey: k, apiSecret: ${secret}, baseUrl: "http://127.0.0.1:9"}`],
    [`sendbird: {applicationId: a, apiToken: ${secret}, baseUrl: "https://api-b.sendbird.com"}`],
  ]);

  it.each(cases)('never meets a secret from elsewhere: %s', async (provider) => {
    const w = world();
    const text = `profiles: {p: {${provider}}}`;
    w.file('project/.gdprrc', text);
    expect(await faultsIn(w)).toContain('a base URL from a project file is never used');
    w.file('project/.gdprrc', '');
    const named = w.file('named.yaml', text);
    await loadSettings({ ...NO_FLAGS, config: named }, w.host());
    w.file('home/.config/gdpr/.gdprrc', text);
    await loadSettings(NO_FLAGS, w.host());
  });

  it.each([
    'stream: {apiKey: k, apiSecret: { env: S }, baseUrl: "https://chat.stream-io-api.com/"}',
    'sendbird: {applicationId: App, apiToken: { env: S }, baseUrl: "https://api-App.sendbird.com/v3"}',
    'stream: {apiKey: k, apiSecret: plain, baseUrl: "https://proxy.example"}',
  ])('may stand with %s', async (provider) => {
    const w = world();
    w.file('project/.gdprrc', `profiles: {p: {${provider}}}`);
    expect((await loadSettings(NO_FLAGS, w.host())).profile).toBe('p');
  });

  it('counts as the own file in the user folder, also when walked into', async () => {
    const w = world();
    w.file(
      'home/.config/gdpr/.gdprrc',
      'profiles: {p: {stream: {apiKey: k, apiSecret: {env: S}, baseUrl: "https://proxy.example"}}}',
    );
    const host = w.host({}, { cwd: join(w.home, '.config/gdpr') });
    expect((await loadSettings(NO_FLAGS, host)).stream?.origin).toBe('https://proxy.example');
  });
});

describe("a project's file that is not trusted", () => {
  it('is refused whole, beside every other fault', async () => {
    const w = world();
    const project = w.foreign('project/.gdprrc', fixture('faulty.yaml'));
    const user = w.file('home/.config/gdpr/.gdprrc', 'profiles: 3');
    const error = await failure(loadSettings(NO_FLAGS, w.host()));
    expect(error).toMatchObject({ fault: 'untrusted', exit: 4 });
    expect(error.message.split('\n').slice(1)).toEqual([
      `  ${project} is not trusted`,
      `  ${user}: profiles: must be a mapping`,
    ]);
    expect(error.next).toContain(`--config ${project}`);
  });

  it('does not hand its choice of a profile to the user file', async () => {
    const w = world();
    w.foreign('project/.gdprrc', 'profile: other');
    w.file('home/.config/gdpr/.gdprrc', profiles(['mine', 'other'], 'mine'));
    expect((await failure(loadSettings(NO_FLAGS, w.host()))).fault).toBe('untrusted');
    const flags = { ...NO_FLAGS, profile: 'mine' };
    expect((await failure(loadSettings(flags, w.host()))).fault).toBe('untrusted');
  });

  it.each(['.gdprrc', 'gdpr.config.json'])('is none in the own folder: %s', async (name) => {
    const w = world();
    w.foreign(`home/.config/gdpr/${name}`, profiles(['p']));
    expect((await loadSettings(NO_FLAGS, w.host())).profile).toBe('p');
    const inside = w.host({}, { cwd: join(w.home, '.config/gdpr') });
    expect((await loadSettings(NO_FLAGS, inside)).profile).toBe('p');
  });

  it('is one in the home, which is above every project', async () => {
    const w = world();
    w.foreign('home/.gdprrc', profiles(['p']));
    const host = w.host({}, { cwd: w.home });
    expect((await failure(loadSettings(NO_FLAGS, host))).fault).toBe('untrusted');
  });

  it('is trusted by what stands in $XDG_CONFIG_HOME', async () => {
    const w = world();
    w.file('project/.gdprrc', profiles(['p']));
    const host = w.host({ XDG_CONFIG_HOME: join(w.root, 'xdg') });
    expect((await failure(loadSettings(NO_FLAGS, host))).fault).toBe('untrusted');
  });
});

describe('faults of the environment', () => {
  it.each<[Record<string, string>, string[]]>([
    [{ STREAM_API_KEY: 'k' }, ['STREAM_API_SECRET is not set, beside STREAM_API_KEY']],
    [{ STREAM_API_SECRET: 'hunter2' }, ['STREAM_API_KEY is not set']],
    [{ SENDBIRD_APP_ID: 'a', SENDBIRD_API_TOKEN: '' }, ['SENDBIRD_API_TOKEN is not set']],
    [
      { STREAM_BASE_URL: 'https://x.example', SENDBIRD_API_TOKEN: 'hunter2' },
      ['STREAM_API_KEY is not set', 'STREAM_API_SECRET is not set', 'SENDBIRD_APP_ID is not set'],
    ],
    [
      {
        SENDBIRD_APP_ID: 'a.evil.example/',
        SENDBIRD_API_TOKEN: 'hunter2',
        SENDBIRD_BASE_URL: 'ftp://hunter2',
      },
      ['SENDBIRD_APP_ID has characters', 'SENDBIRD_BASE_URL must be an origin'],
    ],
    [{ STREAM_API_KEY: 'a b', STREAM_API_SECRET: 'hunter2' }, ['STREAM_API_KEY has characters']],
  ])('%o', async (env, expected) => {
    const error = await failure(loadSettings(NO_FLAGS, world().host(env)));
    expect(error).toMatchObject({ fault: 'config', exit: 4 });
    for (const fault of expected) expect(error.message).toContain(fault);
    expect(inspect(error)).not.toContain('hunter2');
  });
});
