import { describe, expect, test } from 'vitest';
import { harmless } from '../../src/host/system-output.ts';
import { setProcessStage } from '../e2e/stage.ts';
import { EVIL, OBEYED, textsIn } from './hostile.ts';
import { program } from './program.ts';
import { type Behaviour, vendor } from './vendor.ts';

const FAST = ['--poll-interval', '100ms', '--timeout', '12s'];

const RUNS: readonly [Behaviour, readonly string[]][] = [
  ['refuses', ['export', 'ada']],
  ['runs', ['export', 'ada']],
  ['fails', ['export', 'ada']],
  ['refuses', ['erase', 'ada', '--hard', '--yes']],
  ['runs', ['erase', 'ada', '--hard', '--yes']],
  ['deletes', ['erase', 'ada', '--yes']],
  ['hides', ['restore', 'ada', '--yes', '--provider', 'stream']],
  ['hides', ['erase', 'ada', '--yes']],
];

describe('words of a provider are shown without what a terminal obeys', () => {
  test.each(RUNS)('one that %s: %j', async (behaviour, command) => {
    const { env, requests } = await vendor(behaviour);
    const operator = program(env);
    const said = [
      await operator.gdpr(...command, '--verbose', ...FAST),
      await operator.gdpr('status', 'ada', '--offline'),
      await operator.gdpr('status', '--all', '--verbose'),
      await operator.gdpr('resume', '--failed', '--json', ...FAST),
      await operator.gdpr('status', 'ada', '--json', '--offline'),
    ];
    expect(requests.length).toBeGreaterThan(2);
    const texts = said.flatMap(({ out, err }) => [out, err]);
    expect(texts.join('')).toContain('words');
    for (const text of texts) expect(text).not.toMatch(OBEYED);
    for (const { out } of said.slice(3)) {
      for (const line of out.split('\n').filter(Boolean)) {
        for (const text of textsIn(JSON.parse(line))) expect(text).not.toMatch(OBEYED);
      }
    }
    for (const [path, text] of await operator.written()) {
      expect(path).not.toContain('owned');
      expect(path.endsWith('.txt') && OBEYED.test(text)).toBe(false);
      expect(text).not.toContain('\u001B]0;');
    }
  });
});

describe('the last door', () => {
  test('lets lines, tabs and our own colours through, and spells out the rest', () => {
    expect(harmless('a\tb\n\u001B[32m✓\u001B[39m\n[31m')).toBe('a\tb\n\u001B[32m✓\u001B[39m\n[31m');
    expect(harmless('\u001B[2J\u001B[8mx\u009B\u202E\u{E0041}')).toBe(
      '\\u001b[2J\\u001b[8mx\\u009b\\u202e\\udb40\\udc41',
    );
    expect(harmless(EVIL.replace('\uD800', ''))).not.toMatch(OBEYED);
  });

  test('a document stays the same', () => {
    const document = { [EVIL]: `\\${EVIL}"${EVIL}` };
    expect(JSON.parse(harmless(JSON.stringify(document)))).toEqual(document);
  });

  test.each([
    ['a flag', ['export', `--${EVIL}`]],
    ['a command', [EVIL]],
    ['a number', ['export', 'ada', '--rate-share', EVIL]],
    ['a day', ['export', 'ada', '--received', EVIL, '--json']],
    ['a profile', ['--profile', EVIL, 'status']],
    ['a file', ['--config', EVIL, 'status', '--json']],
    ['a request', ['status', EVIL, '--verbose']],
    ['an id', ['export', EVIL]],
    ['a ticket', ['export', 'ada', '--reference', EVIL, '--dry-run', '--json']],
  ])('words of the operator: %s', async (_, args) => {
    const stage = await setProcessStage();
    const run = await stage.start(args.map((each) => each.replaceAll('\u0000', '')));
    const [out, err] = [String(run.stdout), String(run.stderr)];
    expect(out + err).not.toBe('');
    expect(out).not.toMatch(OBEYED);
    expect(err).not.toMatch(OBEYED);
  });
});
