import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trust } from '../../support/trust.ts';
import { type Stage, setStage } from '../stage.ts';

const USER = '.config/gdpr/.gdprrc.yaml';
const STREAM = ['--stream-api-key', 'key-1', '--stream-secret-env', 'STREAM_API_SECRET'];
const SENDBIRD = ['--sendbird-app-id', 'APP-1', '--sendbird-token-file', 'kept/token'];
const INIT = ['init', '--no-input', '--no-check'];

/** Puts a file there; `user` trusts that of the project. */
function put(stage: Stage, path: string, text: string, mode = 0o600, user = stage): void {
  const full = join(stage.dir, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  chmodSync(full, mode);
  if (path === '.gdprrc.yaml') trust(full, user.dir);
}

function read(stage: Stage, path: string): string {
  return readFileSync(join(stage.dir, path), 'utf8');
}

describe('what the flags do not make', () => {
  it('is said all at once, by flag: exit 2, nothing made', async () => {
    const stage = setStage();
    const ids = ['--stream-api-key', 'with space', '--sendbird-app-id', 'APP.1'];
    const url = ['--stream-base-url', 'http://elsewhere.example'];
    const token = ['--sendbird-token-env', 'A-B', '--sendbird-token-file', 'x'];
    const deadline = ['--region', 'BE', '--time-zone', 'Berlin'];
    const args = [...ids, ...url, ...token, ...deadline];
    const { code, err, out } = await stage.gdpr('init', '--no-input', '--profile', 'a b', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    for (const flag of [
      '--profile is not a profile name',
      '--stream-api-key must be printable',
      '--stream-secret-env, --stream-secret-file or --stream-secret-command is missing',
      '--stream-base-url must be an origin',
      '--sendbird-app-id must be an application id',
      '--sendbird-token-env and --sendbird-token-file: give one of them',
      '--sendbird-token-env is not the name of an environment variable',
      '--region needs --country',
      '--time-zone must be a time zone',
    ]) {
      expect(err).toContain(`  ${flag}`);
    }
    expect(err).toContain('Nothing was written.');
    expect(stage.made()).toEqual([]);
  });

  it.each([
    [[], /--stream-api-key or --sendbird-app-id is missing/],
    [['--stream-secret-env', 'X'], /--stream-api-key is missing/],
    [['--stream-products', 'feeds'], /--stream-api-key is missing/],
    [[...STREAM, '--country', 'QQ'], /--country is not in the calendar of public holidays/],
    [[...STREAM, '--country', 'DE', '--region', 'QQ'], /--region is not in the calendar .* of DE/],
    [[...STREAM, '--profile', 'sandbox'], /--profile is built in/],
    [[...STREAM, '--stream-products', 'mail'], /one of: feeds, chat, video/],
    [['--stream-secret-command', 'pass x | head -1'], /run without a shell/],
    [['--stream-secret-command', 'pass "x'], /a quote that does not end/],
    [['--stream-secret-command', ' '], /names no program/],
    [['--stream-secret-file', ''], /names no file/],
    [[...STREAM, '--project', '--config', 'x.yaml'], /both say where to write/],
    [[...STREAM, '--config', 'x.js'], /".js" is neither JSON nor YAML/],
    [
      [...STREAM, '--project', '--stream-base-url', 'https://a.example'],
      /--stream-base-url a base URL from a project file is never used with a secret/,
    ],
  ])('%j: exit 2, nothing made', async (args, sentence) => {
    const stage = setStage();
    const { code, err } = await stage.gdpr('init', '--no-input', ...args);
    expect(err).toMatch(sentence);
    expect(code).toBe(2);
    expect(stage.made()).toEqual([]);
  });

  it('is exit 2 as well where there is no terminal', async () => {
    const { code, error } = await setStage().gdpr('init', '--json');
    expect([code, error()]).toMatchObject([2, { code: 'usage', exit: 2 }]);
  });
});

describe('where it is written', () => {
  it.each([
    { flags: [], path: USER },
    { flags: ['--project'], path: '.gdprrc.yaml' },
    { flags: ['--config', 'mine.yml'], path: 'mine.yml' },
    { flags: ['--config', 'mine.json'], path: 'mine.json' },
  ])('$flags: $path, 0600, and the loader finds it', async ({ flags, path }) => {
    const stage = setStage();
    const { code, out, err } = await stage.gdpr(...INIT, ...flags, ...STREAM, ...SENDBIRD);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`Profile production (Stream and Sendbird) is written:\n  `);
    expect(out).toContain(join(stage.dir, path));
    expect(statSync(join(stage.dir, path)).mode & 0o777).toBe(0o600);
    expect(read(stage, path)).toContain('gdpr.schema.json');
    const call = flags[0] === '--config' ? `gdpr --config ${flags[1]}` : 'gdpr';
    expect(out).toContain(`Next: ${call} doctor\nThen: ${call} export <user> --dry-run\n`);
    const next = call.split(' ').slice(1);
    expect((await stage.gdpr(...next, 'export', 'ada', '--dry-run')).code).toBe(0);
  });

  it('is an absolute path for a secret elsewhere, a relative one below the file', async () => {
    const stage = setStage();
    await stage.gdpr(...INIT, ...STREAM, ...SENDBIRD);
    expect(read(stage, USER)).toContain(`file: ${join(stage.dir, 'kept/token')}\n`);
    await stage.gdpr(...INIT, '--project', ...STREAM, ...SENDBIRD);
    expect(read(stage, '.gdprrc.yaml')).toContain('file: kept/token\n');
  });

  it('is GDPR_CONFIG where that is read', async () => {
    const stage = setStage({});
    const named = setStage({ GDPR_CONFIG: join(stage.dir, 'named.yaml') });
    expect((await named.gdpr(...INIT, ...STREAM)).code).toBe(0);
    expect([stage.made(), named.made()]).toEqual([['named.yaml'], []]);
    const { code, err } = await named.gdpr(...INIT, '--project', ...STREAM);
    expect([code, err.split('\n')[0]]).toEqual([
      2,
      '--project and GDPR_CONFIG both say where to write.',
    ]);
  });

  it('the words of a command are kept apart as in a shell', async () => {
    const stage = setStage();
    const command = `op read 'op://our vault/x' "a b" c"d e"f`;
    const args = ['--stream-api-key', 'k', '--stream-secret-command', command];
    await stage.gdpr(...INIT, '--config', 'x.json', ...args);
    const { profiles } = JSON.parse(read(stage, 'x.json'));
    expect(profiles.production.stream.apiSecret).toEqual({
      command: ['op', 'read', 'op://our vault/x', 'a b', 'cd ef'],
    });
  });
});

describe('a file that is there', () => {
  const OURS =
    '# ours\nprofiles:\n  one:\n    stream: { apiKey: k, apiSecret: { env: S } } # live\n';

  it('gets a profile more, and nothing else of it changes', async () => {
    const stage = setStage();
    put(stage, USER, OURS, 0o640);
    const { code, out } = await stage.gdpr(...INIT, '--profile', 'two', ...STREAM);
    expect(code).toBe(0);
    expect(out).toContain('Next: gdpr --profile two doctor\n');
    expect(read(stage, USER)).toContain(OURS.replace('# ours\n', '# ours\nprofile: one\n'));
    expect(statSync(join(stage.dir, USER)).mode & 0o777).toBe(0o640);
    for (const args of [['--profile', 'two'], ['--profile', 'one'], []]) {
      expect((await stage.gdpr(...args, 'export', 'ada', '--dry-run')).code).toBe(0);
    }
  });

  it('of the project is found from below it', async () => {
    const stage = setStage();
    const cwd = join(stage.dir, 'deep', 'er');
    mkdirSync(cwd, { recursive: true });
    const below = setStage({}, { cwd });
    put(stage, '.gdprrc.yaml', OURS, 0o600, below);
    expect((await below.gdpr(...INIT, '--project', '--profile', 'two', ...STREAM)).code).toBe(0);
    expect(read(stage, '.gdprrc.yaml')).toContain('  two:\n');
    expect(stage.made().toSorted()).toEqual(['.gdprrc.yaml', 'deep']);
    expect((await below.gdpr('--profile', 'two', 'export', 'ada', '--dry-run')).code).toBe(0);
  });

  it('with a profile of that name: exit 6, and nothing changes', async () => {
    const stage = setStage();
    put(stage, USER, OURS);
    const { code, err } = await stage.gdpr(...INIT, '--profile', 'one', ...STREAM);
    expect(code).toBe(6);
    expect(err).toContain('has a profile one already');
    expect(read(stage, USER)).toBe(OURS);
  });

  it('that cannot be added to stays, and what to add by hand is said, without a secret', async () => {
    const stage = setStage();
    const text = 'profiles: { one: { stream: { apiKey: k, apiSecret: { env: S } } } } # live\n';
    put(stage, USER, text);
    const args = [...INIT, '--profile', 'two', ...STREAM];
    const { code, err } = await stage.gdpr(...args, '--plain-secrets');
    expect(code).toBe(6);
    expect(err).toContain('Nothing was written. Add this under profiles: by hand:\n  two:\n');
    expect(err).not.toContain('canary');
    expect((await stage.gdpr(...args)).err).toContain('env: STREAM_API_SECRET\n');
    expect(read(stage, USER)).toBe(text);
  });

  it.each([
    { text: 'profiles: [', mode: 0o600, sentence: /is not valid YAML/ },
    { text: 'profils: {}', mode: 0o600, sentence: /profils: is not known here/ },
    { text: OURS, mode: 0o666, sentence: /other users can write it/ },
  ])('with faults ($text) is not touched: exit 4', async ({ text, mode, sentence }) => {
    const stage = setStage();
    put(stage, USER, text, mode);
    const { code, err } = await stage.gdpr(...INIT, '--profile', 'two', ...STREAM);
    expect(err).toMatch(sentence);
    expect(code).toBe(4);
    expect(read(stage, USER)).toBe(text);
  });

  it('that hides the new profile is named', async () => {
    const stage = setStage();
    put(stage, '.gdprrc.yaml', OURS);
    const { code, out } = await stage.gdpr(...INIT, '--profile', 'one', ...STREAM);
    expect(code).toBe(0);
    expect(out).toContain('It is not found from this folder');
  });
});

describe('secrets', () => {
  it('stand in the file only with --plain-secrets, and nowhere else', async () => {
    const stage = setStage();
    const { code, out, err } = await stage.gdpr(...INIT, ...STREAM, '--plain-secrets');
    expect([code, read(stage, USER).includes('apiSecret: canary-stream-secret\n')]).toEqual([
      0,
      true,
    ]);
    expect(`${out}${err}`).not.toContain('canary');
    const without = setStage();
    await without.gdpr(...INIT, ...STREAM);
    expect(read(without, USER)).not.toContain('canary');
  });

  it('are not put where others can read them', async () => {
    const stage = setStage();
    put(stage, USER, 'profiles:\n  one:\n    erase: {}\n', 0o644);
    const args = [...INIT, '--profile', 'two', ...STREAM, '--plain-secrets'];
    const { code, err } = await stage.gdpr(...args);
    expect([code, err]).toEqual([2, expect.stringContaining('chmod 600 the file')]);
    expect(read(stage, USER)).not.toContain('canary');
  });

  it('never go into the file of a project', async () => {
    const stage = setStage();
    const { code, err } = await stage.gdpr(...INIT, '--project', ...STREAM, '--plain-secrets');
    expect([code, err]).toEqual([2, expect.stringContaining('--plain-secrets')]);
    expect(stage.made()).toEqual([]);
  });

  it('that are not where they should be: exit 4, nothing made', async () => {
    const stage = setStage({});
    const { code, err } = await stage.gdpr(...INIT, ...STREAM, '--plain-secrets');
    expect([code, err]).toEqual([4, expect.stringContaining('STREAM_API_SECRET is not set')]);
    expect(stage.made()).toEqual([]);
  });
});

describe('the check', () => {
  it('of a provider that nobody reaches: exit 5, nothing made', async () => {
    const stage = setStage();
    const args = ['--stream-base-url', 'http://127.0.0.1:9'];
    const { code, err, out } = await stage.gdpr('init', '--no-input', ...STREAM, ...args);
    expect(code).toBe(5);
    expect(err).toMatch(/^The check of Stream failed: .*connection/m);
    expect(err).toContain('--no-check');
    expect(out).toBe('');
    expect(stage.made()).toEqual([]);
  });

  it('that fails is one document with --json', async () => {
    const args = ['--json', '--stream-base-url', 'http://127.0.0.1:9'];
    const { code, err, error } = await setStage().gdpr('init', ...STREAM, ...args);
    expect([code, err.trimEnd().split('\n')]).toEqual([5, [expect.any(String)]]);
    expect(error()).toMatchObject({ schema: 'gdpr-error/1', code: 'unavailable' });
  });

  it('that is left out: one document with --json', async () => {
    const stage = setStage();
    const { code, out, err } = await stage.gdpr(...INIT, '--json', ...STREAM);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual({
      schema: 'gdpr-init/1',
      profile: 'production',
      file: join(stage.dir, USER),
      checks: [],
    });
  });
});
