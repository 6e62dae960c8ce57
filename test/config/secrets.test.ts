import { chownSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { secretSource, secretSpec } from '../../src/config/secrets.ts';
import { Secret, type SecretSource } from '../../src/secret.ts';
import type { FakeHost } from '../support/host.ts';
import { NO_FLAGS, OWN_UID, type World, failure, world } from './world.ts';

async function source(
  w: World,
  spec: unknown,
  env: Record<string, string> = {},
  overrides: Partial<FakeHost> = {},
): Promise<SecretSource> {
  const stream = { apiKey: 'k', apiSecret: spec };
  w.file('project/.gdprrc', JSON.stringify({ profiles: { p: { stream } } }));
  const settings = await loadSettings(NO_FLAGS, w.host(env, overrides));
  if (settings.stream === null) throw new Error('no stream');
  return settings.stream.apiSecret;
}

const PATH = { PATH: process.env['PATH'] ?? '' };

describe('a secret is read', () => {
  it.each<[string, unknown]>([
    ['the environment', { env: 'MY_SECRET' }],
    ['a file', { file: '../hunter' }],
    ['a command', { command: ['printf', 'hunter2\\n'] }],
    ['itself', 'hunter2'],
  ])('from %s, without its line end', async (_, spec) => {
    const w = world();
    w.file('hunter', 'hunter2\r\n');
    const from = await source(w, spec, { MY_SECRET: 'hunter2\n', ...PATH });
    expect((await from.read()).reveal()).toBe('hunter2');
  });

  it('from a file through a link, its group allowed to read', async () => {
    const w = world();
    w.file('mounted/..data', 'hunter2\n', 0o440);
    symlinkSync('..data', join(w.root, 'mounted/token'));
    expect((await (await source(w, { file: '../mounted/token' })).read()).reveal()).toBe('hunter2');
  });

  it('from a command without a shell, in the folder of the file, with the environment given', async () => {
    const w = world();
    w.file('project/tell.sh', '#!/bin/sh\nprintf %s "$1:$MINE"', 0o700);
    const from = await source(w, { command: ['./tell.sh', '$HOME;`id`'] }, { MINE: '1', ...PATH });
    expect((await from.read()).reveal()).toBe('$HOME;`id`:1');
  });

  it('not before it is asked for', async () => {
    const w = world();
    const from = await source(w, { file: '../later' });
    w.file('later', 'hunter2');
    expect((await from.read()).reveal()).toBe('hunter2');
  });
});

describe('a secret that cannot be read', () => {
  it.each<[string, unknown, string]>([
    ['a variable not set', { env: 'NOPE' }, 'variable NOPE is not set'],
    ['an empty variable', { env: 'EMPTY' }, 'variable EMPTY is not set'],
    ['a blank variable', { env: 'BLANK' }, 'variable BLANK is empty'],
    ['a variable of two lines', { env: 'LINES' }, 'variable LINES is not one line'],
    ['a file not there', { file: 'nope' }, 'project/nope does not exist'],
    ['an empty file', { file: '../empty' }, 'empty is empty'],
    ['a folder', { file: '..' }, 'is not a regular file'],
    ['an open file', { file: '../open' }, 'open is open to other users'],
    ['a file its group can write', { file: '../group' }, 'group is open to other users'],
    [
      'a failing command',
      { command: ['sh', '-c', 'echo hunter2; echo hunter2 >&2; exit 3'] },
      'sh ended with exit code 3',
    ],
    ['a killed command', { command: ['sh', '-c', 'kill -9 $$'] }, 'sh was ended by SIGKILL'],
    ['a silent command', { command: ['true'] }, 'output of true is empty'],
    [
      'a talkative command',
      { command: ['sh', '-c', 'echo hunter2; echo hunter2'] },
      'output of sh is not one line',
    ],
    ['a flooding command', { command: ['sh', '-c', 'yes hunter2'] }, 'sh wrote more than 64 KiB'],
    [
      'no such command',
      { command: ['gdpr-no-such'] },
      'gdpr-no-such could not be started (ENOENT)',
    ],
  ])('names %s and shows nothing of it', async (_, spec, words) => {
    const w = world();
    w.file('empty', '\n');
    w.file('open', 'hunter2', 0o644);
    w.file('group', 'hunter2', 0o660);
    const env = { EMPTY: '', BLANK: ' \n', LINES: 'hunter2\nhunter2', ...PATH };
    const error = await failure((await source(w, spec, env)).read());
    expect(error).toMatchObject({ fault: 'credentials', exit: 4 });
    expect(error.message).toContain(words);
    expect(error.message).toContain('profiles.p.stream.apiSecret');
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('hunter2');
  });

  it.skipIf(OWN_UID !== 0)('is the file of another user', async () => {
    const w = world();
    const path = w.file('foreign', 'hunter2');
    const from = await source(w, { file: '../foreign' });
    chownSync(path, 4242, 4242);
    expect((await failure(from.read())).message).toContain('another user (uid 4242) owns it');
  });

  it('is a command that Ctrl-C interrupts', async () => {
    const w = world();
    const stop = AbortSignal.abort(130);
    const from = await source(w, { command: ['sleep', '600'] }, PATH, { stop });
    expect((await failure(from.read())).message).toContain('sleep was interrupted');
  });
});

describe('secretSource', () => {
  it('resolves once for readers at the same time and later, and anew after renew', async () => {
    let calls = 0;
    const from = secretSource(() => Promise.resolve(new Secret(`v${(calls += 1)}`)));
    const both = await Promise.all([from.read(), from.read()]);
    expect(both.map((secret) => secret.reveal())).toEqual(['v1', 'v1']);
    expect((await from.read()).reveal()).toBe('v1');
    from.renew();
    expect((await from.read()).reveal()).toBe('v2');
    expect(calls).toBe(2);
  });

  it('does not keep a failure, nor what was asked for before renew', async () => {
    const answers = [Promise.withResolvers<Secret>(), Promise.withResolvers<Secret>()];
    let calls = 0;
    const from = secretSource(() => {
      const answer = answers[calls];
      calls += 1;
      return answer?.promise ?? Promise.resolve(new Secret('third'));
    });
    const [first, alike] = [from.read(), from.read()];
    from.renew();
    const second = from.read();
    answers[0]?.reject(new Error('gone'));
    answers[1]?.resolve(new Secret('second'));
    await expect(first).rejects.toThrow('gone');
    await expect(alike).rejects.toThrow('gone');
    expect((await second).reveal()).toBe('second');
    expect((await from.read()).reveal()).toBe('second');
  });

  it('finds a rotated file after renew', async () => {
    const w = world();
    const path = w.file('hunter', 'old');
    const from = await source(w, { file: '../hunter' });
    await from.read();
    writeFileSync(path, 'new');
    expect((await from.read()).reveal()).toBe('old');
    from.renew();
    expect((await from.read()).reveal()).toBe('new');
  });
});

it.each<[unknown]>([
  [''],
  ['two words'],
  ['two\nlines'],
  ['ümlaut'],
  [null],
  [3],
  [[]],
  [['env', 'X']],
  [{}],
  [{ env: '' }],
  [{ env: 'NOT-A-NAME' }],
  [{ env: 3 }],
  [{ env: 'A', file: 'b' }],
  [{ file: '' }],
  [{ file: 'a\0b' }],
  [{ command: [] }],
  [{ command: 'op read' }],
  [{ command: [''] }],
  [{ command: ['a', 3] }],
  [{ vault: 'x' }],
])('has no form %j', (input) => {
  expect(secretSpec(input)).toBeNull();
});
