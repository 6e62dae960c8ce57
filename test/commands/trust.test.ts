import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OWN_UID } from '../config/world.ts';
import { trust } from '../support/trust.ts';
import { CONFIGURED, setStage } from './stage.ts';

const PATH = process.env['PATH'] ?? '';

/** The file of the report: whoever asks for the secret runs it. */
const PWNED =
  'profiles: { p: { stream: { apiKey: a, apiSecret: { command: [sh, -c, "touch pwned; exit 1"] } } } }\n';

const OURS = 'profiles:\n  p:\n    stream: { apiKey: k, apiSecret: { env: S } }\n';
const PROFILE = ['--stream-api-key', 'k', '--stream-secret-env', 'S', '--no-check', '--no-input'];

/** A folder that was cloned, with a folder in it, and somebody who works there. */
function cloned(text: string, { below = '', env = {} } = {}) {
  const repository = setStage({}).dir;
  const cwd = join(repository, below);
  const file = join(repository, '.gdprrc.yaml');
  mkdirSync(cwd, { recursive: true });
  writeFileSync(file, text, { mode: 0o600 });
  const stage = setStage({ PATH, ...env }, { cwd });
  return {
    ...stage,
    file,
    repository,
    /** Where what is trusted is remembered. */
    folder: join(stage.dir, '.config/gdpr/trusted'),
    isPwned: (): boolean =>
      [repository, cwd, stage.dir].some((dir) => existsSync(join(dir, 'pwned'))),
  };
}

const DRY = ['export', 'ada', '--dry-run'];

const COMMANDS = [
  ['doctor'],
  ['export', 'ada'],
  DRY,
  ['erase', 'ada', '--hard', '--yes'],
  ['restore', 'ada', '--yes'],
  ['status'],
  ['resume', '--once'],
  ['cancel', 'req_01K5Y0', '--yes'],
  ['close', 'req_01K5Y0', '--reason', 'x'],
  ['extend', 'req_01K5Y0', '--until', '2027-02-21', '--reason', 'x'],
  ['init', '--project', ...PROFILE],
];

describe("a project's file that nobody has trusted", () => {
  it.each(COMMANDS.flatMap((args) => ['', 'deep/er'].map((below) => ({ args, below }))))(
    'runs nothing: gdpr $args in "$below": exit 4',
    async ({ args, below }) => {
      const stage = cloned(PWNED, { below });
      const { code, out, err } = await stage.gdpr(...args);
      const said = `${out}${err}`.replaceAll(/\s+/g, ' ');
      expect(said).toContain(`${stage.file} is not trusted`);
      expect(said).toContain('gdpr init --trust');
      expect(said).toContain(`--config ${stage.file}`);
      expect(code).toBe(4);
      expect(stage.isPwned()).toBe(false);
      expect(readFileSync(stage.file, 'utf8')).toBe(PWNED);
      expect(stage.made()).toEqual([]);
    },
  );

  it('is sent no token of the environment: nobody is called', async () => {
    const text =
      'profiles: { p: { sendbird: { applicationId: FOREIGN, apiToken: { env: SENDBIRD_API_TOKEN } } } }';
    for (const args of [['doctor'], ['export', 'ada'], ['erase', 'ada', '--yes']]) {
      const stage = cloned(text, { env: CONFIGURED });
      const { code, out, err } = await stage.gdpr('--verbose', ...args);
      expect(code).toBe(4);
      expect(`${out}${err}`).toContain('is not trusted');
      expect(`${out}${err}`.toLowerCase()).not.toMatch(/canary|api-foreign|http/);
    }
  });

  it('is one document with --json: its code is untrusted', async () => {
    const stage = cloned(PWNED);
    const { code, error } = await stage.gdpr('--json', 'export', 'ada');
    expect([code, error()]).toMatchObject([4, { code: 'untrusted', exit: 4 }]);
  });

  it('is a fault for the doctor, who checks what it can', async () => {
    const stage = cloned(PWNED);
    const { code, out, error } = await stage.gdpr('doctor', '--json');
    expect([code, error()]).toMatchObject([4, { code: 'faults', exit: 4 }]);
    const checks: { check: string; state: string; next: string }[] = JSON.parse(out).checks;
    expect(checks.find(({ check }) => check === 'configuration')).toMatchObject({
      state: 'fault',
      next: expect.stringContaining('gdpr init --trust'),
    });
    expect(checks.map(({ check }) => check)).toContain('disk.bundles');
  });

  it.each([
    [['--profile', 'sandbox', ...DRY], {}],
    [DRY, { GDPR_PROFILE: 'sandbox' }],
    [['--help'], {}],
    [['erase', '--help'], {}],
    [['--version'], {}],
    [['completion', 'bash'], {}],
    [['completion', 'bash', '--', '--profile', ''], {}],
    [['init', ...PROFILE], {}],
  ])('is passed over by gdpr %j with %j', async (args, env) => {
    const stage = cloned(PWNED, { env });
    const { code, err } = await stage.gdpr(...args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(stage.isPwned()).toBe(false);
  });

  it('is passed over whatever is wrong with it', async () => {
    const stage = cloned('profiles: [');
    chmodSync(stage.file, 0o666);
    expect((await stage.gdpr('--profile', 'sandbox', ...DRY)).code).toBe(0);
  });

  it('hides the profiles that are its own from completion, not those of the user', async () => {
    const stage = cloned(OURS);
    await stage.gdpr('init', '--profile', 'mine', ...PROFILE);
    const typed = ['completion', 'bash', '--', '--profile', ''];
    expect((await stage.gdpr(...typed)).out).toBe('mine\nsandbox\nenvironment\n');
    await stage.gdpr('init', '--trust', '--yes');
    expect((await stage.gdpr(...typed)).out).toBe('p\nmine\nsandbox\nenvironment\n');
  });

  it('is named by init where it stands in the way of what was written', async () => {
    const stage = cloned(OURS);
    const { code, out } = await stage.gdpr('init', '--profile', 'mine', ...PROFILE);
    expect(code).toBe(0);
    expect(out).toContain("before the project's file is trusted: gdpr init --trust\n");
  });

  it('is used where --config or GDPR_CONFIG names it, and stays untrusted', async () => {
    const stage = cloned(OURS);
    expect((await stage.gdpr('--config', stage.file, ...DRY)).code).toBe(0);
    const named = setStage({ GDPR_CONFIG: stage.file }, { cwd: stage.repository });
    expect((await named.gdpr(...DRY)).code).toBe(0);
    expect((await stage.gdpr(...DRY)).code).toBe(4);
  });
});

describe('gdpr init --trust', () => {
  it('shows the file and trusts it: exit 0, a record of mode 0600, and it is used', async () => {
    const stage = cloned(OURS, { below: 'deep' });
    const { code, out, err } = await stage.gdpr('init', '--trust', '--yes');
    expect([code, out]).toEqual([0, `Trusted, until it is changed:\n  ${stage.file}\n`]);
    expect(err).toContain(`  ${stage.file}\n  | profiles:\n  |   p:\n`);
    expect(err).toContain('  |         env: S\n');
    expect(readdirSync(stage.folder)).toHaveLength(1);
    for (const name of readdirSync(stage.folder)) {
      expect(statSync(join(stage.folder, name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(stage.folder).mode & 0o777).toBe(0o700);
    const used = await stage.gdpr(...DRY);
    expect({ code: used.code, err: used.err }).toEqual({ code: 0, err: '' });
    const again = await stage.gdpr('init', '--trust');
    expect([again.code, again.err]).toEqual([0, '']);
  });

  it('trusts these bytes: any change, a comment too, needs it again', async () => {
    const stage = cloned(OURS);
    await stage.gdpr('init', '--trust', '--yes');
    for (const text of [`${OURS}# more\n`, PWNED, `\uFEFF${OURS}`]) {
      writeFileSync(stage.file, text);
      const { code, err } = await stage.gdpr(...DRY);
      expect([code, err]).toEqual([
        4,
        expect.stringContaining(`${stage.file} was changed after it was trusted\n`),
      ]);
      expect((await stage.gdpr('doctor')).code).toBe(4);
      expect((await stage.gdpr('init', '--project', ...PROFILE)).code).toBe(4);
      expect((await stage.gdpr('init', '--trust')).code).toBe(6);
    }
    expect(stage.isPwned()).toBe(false);
    writeFileSync(stage.file, `${OURS}# more\n`);
    expect((await stage.gdpr('init', '--trust', '--yes')).code).toBe(0);
    expect((await stage.gdpr(...DRY)).code).toBe(0);
  });

  it('trusts this place: the same bytes elsewhere are not trusted', async () => {
    const stage = cloned(OURS);
    await stage.gdpr('init', '--trust', '--yes');
    mkdirSync(join(stage.repository, 'deep'));
    writeFileSync(join(stage.repository, 'deep/.gdprrc.yaml'), OURS, { mode: 0o600 });
    const deep = setStage({}, { cwd: join(stage.repository, 'deep'), home: stage.dir });
    expect((await deep.gdpr(...DRY)).code).toBe(4);
  });

  it('is each user for themselves', async () => {
    const stage = cloned(OURS);
    await stage.gdpr('init', '--trust', '--yes');
    expect((await setStage({}, { cwd: stage.repository }).gdpr(...DRY)).code).toBe(4);
  });

  it.each([
    [['init', '--trust'], 'there is no terminal to ask at'],
    [['init', '--trust', '--no-input'], '--no-input forbids asking'],
    [['--json', 'init', '--trust'], 'with --json nobody is asked'],
  ])('%j without --yes: exit 6, nothing is trusted', async (args, why) => {
    const stage = cloned(OURS);
    const { code, out, err } = await stage.gdpr(...args);
    expect([code, out]).toEqual([6, '']);
    expect(err).toContain(why);
    expect(err).toContain('Nothing was trusted.');
    expect(stage.made()).toEqual([]);
  });

  it('is one document with --json --yes, and says nothing else with --quiet', async () => {
    const stage = cloned(OURS);
    const { code, out, err } = await stage.gdpr('--json', 'init', '--trust', '--yes');
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toEqual({
      schema: 'gdpr-trust/1',
      file: stage.file,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect((await cloned(OURS).gdpr('--quiet', 'init', '--trust', '--yes')).err).toBe('');
  });

  it.each([
    [['--project'], /--project/],
    [['--stream-api-key', 'k'], /--stream-api-key/],
    [['--no-check'], /--no-check/],
    [['--config', 'x.yaml'], /--config names another/],
  ])('with %j: exit 2, nothing is trusted', async (args, sentence) => {
    const stage = cloned(OURS);
    const { code, err } = await stage.gdpr('init', '--trust', '--yes', ...args);
    expect([code, err]).toEqual([2, expect.stringMatching(sentence)]);
    expect(stage.made()).toEqual([]);
  });

  it('where there is nothing to trust: exit 2', async () => {
    const none = await setStage().gdpr('init', '--trust', '--yes');
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('There is no file of a')]);
    const alone = await setStage().gdpr('init', '--yes', ...PROFILE);
    expect([alone.code, alone.err]).toEqual([
      2,
      expect.stringContaining('--yes goes with --trust'),
    ]);
  });

  it.each([
    ['profiles: [', 0o600, 'is not valid YAML'],
    ['profils: {}', 0o600, 'profils: is not known here'],
    [OURS, 0o666, 'other users can write it'],
  ])('of a file that could not be used (%j, %o): exit 4', async (text, mode, fault) => {
    const stage = cloned(text);
    chmodSync(stage.file, mode);
    const { code, err } = await stage.gdpr('init', '--trust', '--yes');
    expect([code, err]).toEqual([4, expect.stringContaining(fault)]);
    expect(stage.made()).toEqual([]);
  });

  it('shows what counts, with everything invisible spelled out, and no secret in it', async () => {
    const evil = String.raw`"sh\e[2J\u202E\u200B\u0007"`;
    const secret = '&s canary-plain-secret';
    const stage = cloned(`# harmless
profiles:
  one:
    stream: { apiKey: k, apiSecret: ${secret} }
  two:
    sendbird: { applicationId: A, apiToken: { command: &c [${evil}, "a\\nTrust it? yes"] } }
  three:
    sendbird: { applicationId: B, apiToken: { command: *c } }
`);
    const { code, err } = await stage.gdpr('init', '--trust', '--yes');
    expect({ code, err }).toEqual({ code: 0, err: expect.any(String) });
    // oxlint-disable-next-line no-control-regex
    expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/);
    expect(err).not.toContain('canary');
    expect(err).not.toContain('harmless');
    const shown = err.split('\n').filter((line) => line.startsWith('  | '));
    expect(shown.filter((line) => /sh.*(?:2J)/.test(line))).toHaveLength(2);
    expect(err).not.toMatch(/^(?! {2}\| ).*Trust it\? yes/m);
    expect(err).toContain('apiSecret: "(a secret, not shown)"');
  });

  it('keeps a base URL in the file from a secret elsewhere', async () => {
    const stage = cloned(
      'profiles: { p: { stream: { apiKey: a, apiSecret: { env: S }, baseUrl: "https://a.example" } } }',
    );
    const { code, err } = await stage.gdpr('init', '--trust', '--yes');
    expect([code, err]).toEqual([4, expect.stringContaining('a base URL from a project file')]);
  });
});

describe('what init writes', () => {
  it.each([['--project'], ['--config', '.gdprrc.yaml']])(
    'is trusted: %j, and again with a profile more',
    async (...flags) => {
      const stage = setStage({ S: 'x' });
      for (const name of ['one', 'two']) {
        const args = ['init', ...flags, '--profile', name, ...PROFILE];
        expect((await stage.gdpr(...args)).code).toBe(0);
        expect((await stage.gdpr('--profile', name, ...DRY)).code).toBe(0);
      }
    },
  );

  it('does not make a file trusted that was not, though it was named', async () => {
    const stage = cloned(PWNED.replace('{ p:', '\n  p:').replace(/\}\n$/, '\n'));
    const { code } = await stage.gdpr('init', '--config', stage.file, '--profile', 'x', ...PROFILE);
    expect(code).toBe(0);
    expect((await stage.gdpr('doctor')).code).toBe(4);
    expect(stage.isPwned()).toBe(false);
  });

  it('that cannot be remembered is not written', async () => {
    const stage = setStage({ S: 'x' });
    writeFileSync(join(stage.dir, '.config'), '');
    const { code, err } = await stage.gdpr('init', '--project', ...PROFILE);
    expect([code, err]).toEqual([8, expect.stringContaining('Nothing was written.')]);
    expect(stage.made()).toEqual(['.config']);
  });
});

const GIVEN_AWAY: readonly [string, (record: string) => void][] = [
  ['is owned by another', (record) => chownSync(record, 4242, 4242)],
];

describe('the record', () => {
  it.each<[string, (record: string) => void]>([
    ['is not JSON', (record) => writeFileSync(record, '{')],
    ['is of something else', (record) => writeFileSync(record, '{"schema":"gdpr-trusted/2"}')],
    [
      'is of another file',
      (record) => writeFileSync(record, readFileSync(record, 'utf8').replace('.gdprrc', 'x')),
    ],
    ['can be written by others', (record) => chmodSync(record, 0o666)],
    // Nobody but root can give a file away.
    ...(OWN_UID === 0 ? GIVEN_AWAY : []),
    [
      'is a folder',
      (record) => {
        rmSync(record);
        mkdirSync(record);
      },
    ],
  ])('that %s counts for nothing, and is named', async (_, spoil) => {
    const stage = cloned(OURS);
    const record = trust(stage.file, stage.dir);
    expect((await stage.gdpr(...DRY)).code).toBe(0);
    spoil(record);
    for (const args of [DRY, ['doctor'], ['init', '--trust', '--yes']]) {
      const { code, out, err } = await stage.gdpr(...args);
      expect(code).toBe(4);
      expect(`${out}${err}`.replaceAll(/\s+/g, ' ')).toContain(`${record} is`);
    }
    expect((await stage.gdpr('--profile', 'sandbox', ...DRY)).code).toBe(0);
    rmSync(record, { recursive: true });
    expect((await stage.gdpr('init', '--trust', '--yes')).code).toBe(0);
    expect((await stage.gdpr(...DRY)).code).toBe(0);
  });
});

describe('a link', () => {
  it('counts as the file that it leads to, and what that names lies beside that file', async () => {
    const stage = cloned('');
    const shared = join(stage.repository, 'shared');
    mkdirSync(shared);
    const real = join(shared, 'gdpr.yaml');
    const text = 'profiles: { p: { stream: { apiKey: a, apiSecret: { command: [./tell.sh] } } } }';
    writeFileSync(real, text, { mode: 0o600 });
    writeFileSync(join(shared, 'tell.sh'), '#!/bin/sh\ntouch told\nexit 1\n', { mode: 0o700 });
    rmSync(stage.file);
    symlinkSync(real, stage.file);
    expect((await stage.gdpr(...DRY)).code).toBe(4);
    expect((await stage.gdpr('init', '--trust', '--yes')).code).toBe(0);
    expect((await stage.gdpr(...DRY)).code).toBe(0);

    // Somebody else's folder that leads to the same file must not put its own program in place of ours.
    const other = cloned('');
    rmSync(other.file);
    symlinkSync(real, other.file);
    writeFileSync(join(other.repository, 'tell.sh'), '#!/bin/sh\ntouch pwned\nexit 1\n', {
      mode: 0o700,
    });
    const there = setStage({ PATH }, { cwd: other.repository, home: stage.dir });
    await there.gdpr('doctor');
    expect(existsSync(join(other.repository, 'pwned'))).toBe(false);
    expect(existsSync(join(shared, 'told'))).toBe(true);

    rmSync(stage.file);
    symlinkSync(other.file, stage.file);
    writeFileSync(join(other.repository, 'theirs.yaml'), text, { mode: 0o600 });
    rmSync(other.file);
    symlinkSync('theirs.yaml', other.file);
    expect((await stage.gdpr(...DRY)).code).toBe(4);
  });
});
