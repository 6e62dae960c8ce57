import { describe, expect, it } from 'vitest';
import { main } from '../../../src/main.ts';
import { fakeHost } from '../../support/host.ts';

/** What the program says on stdout, and how it ends. */
async function said(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const host = fakeHost();
  const code = await main(args, host);
  return { code, out: host.stdout.text, err: host.stderr.text };
}

async function offered(...words: string[]): Promise<string[]> {
  const { code, out, err } = await said('completion', 'bash', '--', ...words);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.split('\n').filter((line) => line !== '');
}

/** The first words of the lines of a help text that look like this. */
function inHelp(help: string, shape: RegExp): string[] {
  return [...help.matchAll(shape)].map(([, word = '']) => word);
}

const COMMANDS = inHelp((await said('--help')).out, /^ {2}(?!gdpr )([a-z]+) /gm);

describe('what is offered is what there is', () => {
  it('all commands of the overview', async () => {
    expect(COMMANDS).toContain('completion');
    expect(await offered('')).toEqual(COMMANDS);
    expect(await offered('help', '')).toEqual(COMMANDS);
  });

  it.each(COMMANDS.filter((name) => name !== 'help'))('all flags of %s', async (name) => {
    const { out } = await said(name, '--help');
    const flags = inHelp(out, /^ {2}(?:-\w, )?(--[a-z-]+)/gm);
    expect(flags).toContain('--profile');
    expect((await offered(name, '-')).toSorted()).toEqual(flags.toSorted());
  });
});

it.each([
  [['completion', 'zsh', '--', 'erase', '--hard'], '--hard:the same as --mode hard: '],
  [['completion', 'fish', '--', 'erase', '--hard'], '--hard\tthe same as --mode hard: '],
  [['completion', 'zsh', '--', 'erase', '--mode=s'], '--mode=soft\n'],
  [['completion', 'bash', '--', 'erase', '--mode', '=', 's'], 'soft\n'],
  [['completion', 'bash', '--', 'erase', '--mode', '='], 'soft\npruning\nhard\n'],
  [['completion', 'bash', '--', '--config', '=', 'x', 'erase', '--out', ''], ':files\n'],
])('%j', async (args, start) => {
  const { code, out } = await said(...args);
  expect([code, out.slice(0, start.length)]).toEqual([0, start]);
});

it.each([['completion'], ['completion', 'tcsh']])('%s %s: exit 2', async (...args) => {
  expect((await said(...args)).code).toBe(2);
});
