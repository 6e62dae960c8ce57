import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesFor } from '../../src/config/find.ts';
import { loadSettings } from '../../src/config/load.ts';
import { NO_FLAGS, failure, profiles, world } from './world.ts';

const STREAM = { STREAM_API_KEY: 'key1', STREAM_API_SECRET: 'hunter2-env' };

describe('which files are read', () => {
  it.each([
    [{ profile: 'sandbox' }, {}, ['user']],
    [{ profile: 'environment' }, {}, ['user']],
    [{}, { GDPR_PROFILE: 'environment' }, ['user']],
    [{ profile: 'p' }, { GDPR_PROFILE: 'environment' }, ['project', 'user']],
    [{ profile: 'sandbox', config: 'named.json' }, {}, ['named']],
  ])('with %j and %j: %j', (flags, env, kinds) => {
    const w = world();
    w.foreign('project/.gdprrc', profiles(['p']));
    w.file('home/.config/gdpr/.gdprrc', profiles(['p']));
    const found = filesFor({ ...NO_FLAGS, ...flags }, w.host(env));
    expect(found.map(({ kind }) => kind)).toEqual(kinds);
  });

  it.each([
    ['.gdprrc', 'yaml'],
    ['.gdprrc', 'json'],
    ['.gdprrc.json', 'json'],
    ['.gdprrc.yaml', 'yaml'],
    ['.gdprrc.yml', 'yaml'],
    ['gdpr.config.json', 'json'],
    ['gdpr.config.yaml', 'yaml'],
    ['gdpr.config.yml', 'yaml'],
  ])('finds %s (%s) above and in the user folder', async (name, form) => {
    const text =
      form === 'json'
        ? profiles(['p'])
        : '# ours\nprofiles: {p: {stream: {apiKey: k, apiSecret: {env: S}}}}\n';
    for (const folder of ['', 'project/deep/er', 'home/.config/gdpr', 'xdg/gdpr']) {
      const w = world();
      w.file(join(folder, name), `\uFEFF${text}`);
      const env = folder.startsWith('xdg') ? { XDG_CONFIG_HOME: join(w.root, 'xdg') } : {};
      expect((await loadSettings(NO_FLAGS, w.host({ ...env }))).profile).toBe('p');
    }
  });

  it('ignores a relative XDG_CONFIG_HOME', async () => {
    const w = world();
    w.file('project/deep/er/rel/gdpr/.gdprrc', profiles(['relative']));
    w.file('home/.config/gdpr/.gdprrc', profiles(['standard']));
    const settings = await loadSettings(NO_FLAGS, w.host({ XDG_CONFIG_HOME: 'rel' }));
    expect(settings.profile).toBe('standard');
  });

  it('takes the nearest of several, and says what it does not read', async () => {
    const w = world();
    w.file('project/.gdprrc', profiles(['far']));
    w.file('project/deep/.gdprrc', profiles(['near']));
    const beside = w.file('project/deep/gdpr.config.yaml', profiles(['beside']));
    const settings = await loadSettings(NO_FLAGS, w.host());
    expect(settings.profile).toBe('near');
    expect(settings.warnings.join()).toContain(beside);
  });

  it('reads a file named by flag or GDPR_CONFIG alone', async () => {
    const w = world();
    w.file('project/.gdprrc', profiles(['project']));
    w.file('home/.config/gdpr/.gdprrc', profiles(['user']));
    const named = w.file('project/deep/er/named.json', profiles(['named']));
    const by = { ...NO_FLAGS, config: 'named.json' };
    expect((await loadSettings(by, w.host({ GDPR_CONFIG: '/nowhere' }))).profile).toBe('named');
    expect((await loadSettings(NO_FLAGS, w.host({ GDPR_CONFIG: named }))).profile).toBe('named');
    const error = await failure(loadSettings({ ...by, profile: 'project' }, w.host()));
    expect(error.message).toContain('There is no profile "project"');
  });

  it.each(['missing.yaml', '', '.', 'script.js', 'script.ts', 'script.mjs', 'x.toml'])(
    'refuses --config %j',
    async (config) => {
      const w = world();
      for (const name of ['script.js', 'script.ts', 'script.mjs', 'x.toml']) {
        w.file(`project/deep/er/${name}`, 'throw new Error("executed")');
      }
      const error = await failure(loadSettings({ ...NO_FLAGS, config }, w.host(STREAM)));
      expect(error).toMatchObject({ fault: 'config', exit: 4 });
      expect(error.message).not.toContain('executed');
    },
  );

  it('runs no code that lies where a configuration might', async () => {
    const w = world();
    const mark = 'globalThis.gdprConfigWasExecuted = true;';
    const places = ['gdpr.config', '.gdprrc', '.config/config', '.config/gdprrc', 'config'];
    for (const folder of ['project', 'project/deep/er', 'home/.config/gdpr']) {
      for (const place of places) {
        for (const kind of ['js', 'mjs', 'cjs', 'ts']) w.file(`${folder}/${place}.${kind}`, mark);
      }
    }
    w.file('project/deep/er/package.json', '{"cosmiconfig":{"searchPlaces":["planted.json"]}}');
    w.file('project/deep/er/planted.json', profiles(['planted']));
    const before = process.cwd();
    process.chdir(w.project);
    try {
      expect((await loadSettings(NO_FLAGS, w.host(STREAM))).profile).toBe('default');
      w.file('project/.gdprrc', `{"$import": "./gdpr.config.js", ${profiles(['p']).slice(1)}`);
      const error = await failure(loadSettings(NO_FLAGS, w.host()));
      expect(error.message).toContain('"$import": is not known here');
    } finally {
      process.chdir(before);
    }
    expect(globalThis).not.toHaveProperty('gdprConfigWasExecuted');
  });

  it('stops at a link that points nowhere instead of using another account', async () => {
    const w = world();
    w.file('home/.config/gdpr/.gdprrc', profiles(['user']));
    symlinkSync('/nowhere/at/all', join(w.project, '.gdprrc'));
    const error = await failure(loadSettings(NO_FLAGS, w.host()));
    expect(error.message).toContain(`${join(w.project, '.gdprrc')} does not exist`);
  });

  it('passes by a folder of that name', async () => {
    const w = world();
    w.file('project/.gdprrc/inner', '');
    w.file('.gdprrc', profiles(['above']));
    expect((await loadSettings(NO_FLAGS, w.host())).profile).toBe('above');
  });

  it.each(['', '\n\n', '# nothing yet\n', '{}'])('takes the file %j for empty', async (text) => {
    const w = world();
    w.file('project/.gdprrc', text);
    expect((await loadSettings(NO_FLAGS, w.host(STREAM))).profile).toBe('default');
  });
});
