import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { setStage } from '../commands/stage.ts';
import { OBEYED } from './hostile.ts';

/** Ids that are refused, each by its reason. */
const REFUSED: readonly [string, string, RegExp][] = [
  ['a line break', 'ada\nbob', /control character/],
  ['a carriage return', 'ada\r', /control character/],
  ['a line separator', 'a\u2028b', /control character/],
  ['NUL', 'a\0b', /control character/],
  ['an escape', '\u001B[2J', /control character/],
  ['C1', 'a\u009B31m', /control character/],
  ['nothing', '', /is empty/],
  ['blanks', '   ', /white space/],
  ['a no-break space before', '\u00A0ada', /white space/],
  ['a slash', '../ada', /slash/],
  ['a dot', '.', /a path/],
  ['two dots', '..', /a path/],
  ['half a character', 'a\uD800', /half of a character/],
  ['256 letters', 'x'.repeat(256), /longer than Stream's 255/],
  ['10 MB', 'x'.repeat(10_000_000), /longer than/],
  ['10 MB of emoji', '😀'.repeat(2_500_000), /longer than/],
];

/** Odd ones that are somebody's id all the same: at most 80 characters. */
const ODD: readonly [string, string][] = [
  ['quotes', `O'Hara "x" \\ \`y\``],
  ['a right-to-left mark', 'a\u200Fb'],
  ['an override', 'ada\u202Enimda'],
  ['isolates', '\u2066x\u2069'],
  ['a joiner', '👩\u200D👧'],
  ['Arabic', 'مريم'],
  ['a shell', '$(rm -rf ~); x | y > z & `w`'],
  ['markup', '<script>alert(1)</script>'.replace('/', '')],
  ['a formula', '=HYPERLINK("x")'],
  ['percents', '%2e%2e%2f%00'],
  ['a question', 'a?b=c&d#e'],
  ['composed and not', 'é|é'],
  ['JSON', '{"$in":["bob"]}'],
  ['a prototype', '__proto__'],
  ['a comma', 'a,b'],
];

describe('ids', () => {
  test.each(REFUSED)('with %s: refused before anything is made', async (_, id, why) => {
    const stage = setStage();
    for (const command of ['export', 'erase']) {
      const more = command === 'erase' ? ['--yes', '--hard'] : [];
      const { code, err, out } = await stage.gdpr(command, ...more, '--', id);
      expect(code).toBe(2);
      expect(err).toMatch(why);
      expect(err.length).toBeLessThan(3_000);
      expect(out + err).not.toMatch(OBEYED);
    }
    expect(stage.made()).toEqual([]);
  });

  test.each(ODD)('with %s: shown harmlessly, and exact for programs', async (_, id) => {
    const stage = setStage();
    const plan = await stage.gdpr('export', '--dry-run', '--', id);
    expect(plan.code).toBe(0);
    expect(plan.out + plan.err).not.toMatch(OBEYED);
    const paper = await stage.gdpr('export', '--dry-run', '--json', '--', id);
    expect(JSON.parse(paper.out)).toMatchObject({ subject: { user_id: id } });
    expect(stage.made()).toEqual([]);
  });

  test('any text is refused or taken as it is, and nothing of it is obeyed', async () => {
    const stage = setStage();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (id) => {
        const { code, out, err } = await stage.gdpr('export', '--dry-run', '--', id);
        expect([0, 2]).toContain(code);
        expect(out + err).not.toMatch(OBEYED);
        const paper = await stage.gdpr('export', '--dry-run', '--json', '--', id);
        expect(paper.code).toBe(code);
        const user = code === 0 ? JSON.parse(paper.out).subject.user_id : id;
        expect(user).toBe(id);
      }),
      { numRuns: 60 },
    );
    expect(stage.made()).toEqual([]);
  });

  test('a ticket and a reason of any kind are shown harmlessly', async () => {
    const stage = setStage();
    for (const [, text] of ODD) {
      const { code, out } = await stage.gdpr('export', 'ada', '--dry-run', '--reference', text);
      expect(code).toBe(0);
      expect(out).not.toMatch(OBEYED);
    }
  });
});

const GOOD = { apiKey: 'k', apiSecret: { env: 'X' } };

/** A configuration as it stands in a file, and what is said about it. */
const CONFIGS: readonly [string, string, RegExp][] = [
  ['an unknown key', '{"profiles":{},"profil":"x"}', /profil: is not known here.*"profile/s],
  [
    'an unknown key below',
    conf({ apiKeys: 'x', ...GOOD }),
    /apiKeys: is not known here.*"apiKey"/s,
  ],
  ['an unknown provider', '{"profiles":{"a":{"sendbrid":{}}}}', /sendbrid: is not known here/],
  ['a number for text', conf({ apiKey: 7, apiSecret: { env: 'X' } }), /apiKey: must be text/],
  ['a list for a mapping', '{"profiles":[]}', /profiles: must be a mapping/],
  ['text for a mapping', '{"profiles":{"a":"x"}}', /profiles\.a: must be a mapping/],
  ['null', 'null', /the file as a whole must be a mapping/],
  ['a list', '[]', /the file as a whole must be a mapping/],
  [
    'two kinds of secret',
    conf({ ...GOOD, apiSecret: { env: 'X', file: 'y' } }),
    /apiSecret: must be/,
  ],
  [
    'a command that is no list',
    conf({ ...GOOD, apiSecret: { command: 'pass' } }),
    /apiSecret: must be/,
  ],
  ['an empty command', conf({ ...GOOD, apiSecret: { command: [] } }), /apiSecret: must be/],
  ['a secret of two lines', conf({ ...GOOD, apiSecret: 'hidden\nlines' }), /apiSecret: must be/],
  [
    'http to another machine',
    conf({ ...GOOD, baseUrl: 'http://api.test' }),
    /baseUrl: must be an origin/,
  ],
  [
    'a file for a base URL',
    conf({ ...GOOD, baseUrl: 'file:///etc' }),
    /baseUrl: must be an origin/,
  ],
  [
    'a pattern that is none',
    '{"profiles":{"a":{"erase":{"protected":["("]}}}}',
    /regular expression/,
  ],
  ['a name with a path', '{"profiles":{"../a":{}}}', /is not a profile name/],
  ['the built-in name', '{"profiles":{"SandBox":{}}}', /is built in/],
  ['a broken file', '{"profiles": hidden', /is not valid JSON/],
  ['nested a million deep', '['.repeat(500_000), /is not valid JSON/],
];

function conf(stream: object): string {
  return JSON.stringify({ profiles: { a: { stream } } });
}

describe('configuration', () => {
  test.each(CONFIGS)('%s: refused with its place, values never shown', async (_, text, words) => {
    const stage = setStage({});
    writeFileSync(join(stage.dir, 'x.json'), text, { mode: 0o600 });
    const { code, err } = await stage.gdpr('--config', 'x.json', 'status');
    expect(code).toBe(4);
    expect(err).toMatch(words);
    expect(err).not.toContain('hidden');
    expect(err).not.toMatch(OBEYED);
    expect(stage.hasState()).toBe(false);
  });

  test('a profile called __proto__ is none', async () => {
    const stage = setStage({});
    const text = conf(GOOD).replace('"a"', '"__proto__"');
    writeFileSync(join(stage.dir, 'x.json'), text, { mode: 0o600 });
    const { code } = await stage.gdpr('--config', 'x.json', '--profile', '__proto__', 'status');
    expect(code).toBe(4);
    expect('stream' in {}).toBe(false);
  });

  test('every fault at once, keys that are obeyed included', async () => {
    const stage = setStage({});
    const text = JSON.stringify({
      '\u001B[2J\u202E': 1,
      profiles: { a: { stream: 1, '\u009B': 2 } },
    });
    writeFileSync(join(stage.dir, 'x.json'), text, { mode: 0o600 });
    const { code, err } = await stage.gdpr('--config', 'x.json', 'status', '--json');
    expect(code).toBe(4);
    expect(err.match(/is not known here|must be/g)).toHaveLength(3);
  });

  test.each([
    [0o644, 'plain-secret-canary', /is a plain secret in a file that other users can read/],
    [0o640, 'plain-secret-canary', /is a plain secret in a file that other users can read/],
    [0o604, 'plain-secret-canary', /is a plain secret in a file that other users can read/],
    [0o666, { env: 'X' }, /other users can write it/],
    [0o620, { env: 'X' }, /other users can write it/],
    [0o602, { env: 'X' }, /other users can write it/],
  ])('mode %o', async (mode, apiSecret, words) => {
    const stage = setStage({});
    const file = join(stage.dir, 'x.json');
    writeFileSync(file, conf({ apiKey: 'k', apiSecret }));
    chmodSync(file, mode);
    const { code, err } = await stage.gdpr('--config', 'x.json', 'status');
    expect(code).toBe(4);
    expect(err).toMatch(words);
    expect(err).not.toContain('canary');
  });

  test.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['2 MiB', (path: string) => writeFileSync(path, ' '.repeat(2 * 1024 * 1024), { mode: 0o600 })],
    [
      'not UTF-8',
      (path: string) => writeFileSync(path, Buffer.from([0xff, 0xfe]), { mode: 0o600 }),
    ],
  ])('%s in its place', async (_, make) => {
    const stage = setStage({});
    make(join(stage.dir, 'x.json'));
    const { code, err } = await stage.gdpr('--config', 'x.json', 'status');
    expect(code).toBe(4);
    expect(err).toContain('x.json');
  });
});
