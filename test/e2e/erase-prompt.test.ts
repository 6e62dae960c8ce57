import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { trust } from '../support/trust.ts';
import { openConsole } from './console.ts';
import { CTRL_C, CTRL_D, CTRL_Z, ENTER, openTerminal } from './pty.ts';
import { type Stage, setProcessStage, setStage, tree } from './stage.ts';

const FAST = ['--poll-interval', '10ms'];
const DELETIONS = new Set([
  'deleteFeedUserData',
  'deleteUsers',
  'registerGdprDelete',
  'restoreUsers',
]);

/** The calls that delete or bring back, in the order in which they came. */
function deletions(stage: Stage): string[] {
  return stage.log.map(({ operation }) => operation).filter((each) => DELETIONS.has(each));
}

async function nothingRecorded(stage: Stage): Promise<void> {
  expect(deletions(stage)).toEqual([]);
  const status = await stage.gdpr(['status', '--all', '--json']);
  expect([status.code, status.out]).toEqual([0, '']);
}

describe('gdpr erase at a terminal', () => {
  test('shows whom it is about, asks for the id, and deletes after it', async () => {
    const stage = await setProcessStage();
    const terminal = openTerminal(stage, ['erase', 'ada', '--hard', ...FAST]);
    await terminal.waitFor('Type ada to go ahead:');
    expect(terminal.text()).toContain('Stream: Ada L., created 3 Mar 2024');
    expect(terminal.text()).toContain(
      'This will erase ada for good, in profile default (Stream app key-canary-8431,',
    );
    expect(terminal.text()).toContain('3 calls, a few seconds. Nothing else is touched.');
    await nothingRecorded(stage);
    terminal.type(`ada${ENTER}`);
    expect(await terminal.ended).toBe(0);
    expect(terminal.text()).toContain('Receipt  req_');
    expect(deletions(stage).toSorted()).toEqual([
      'deleteFeedUserData',
      'deleteUsers',
      'registerGdprDelete',
    ]);
  });

  test.each([
    { answer: 'Ada', why: 'another case' },
    { answer: ' ada', why: 'a blank before it' },
    { answer: 'ada ', why: 'a blank after it' },
    { answer: 'yes', why: 'a yes' },
    { answer: '', why: 'nothing' },
  ])('$why is no confirmation: exit 6, nothing sent or recorded', async ({ answer }) => {
    const stage = await setStage();
    const terminal = openConsole(stage, ['erase', 'ada', ...FAST]);
    await terminal.waitFor('Type ada to go ahead:');
    terminal.type(`${answer}${ENTER}`);
    expect(await terminal.ended).toBe(6);
    expect(terminal.text()).toContain('Not confirmed.');
    expect(terminal.text()).toContain('Nothing was sent or recorded.');
    await nothingRecorded(stage);
  });

  test('Ctrl-C at the question: exit 130, nothing sent or recorded', async () => {
    const stage = await setProcessStage();
    const terminal = openTerminal(stage, ['erase', 'ada', ...FAST]);
    await terminal.waitFor('Type ada to go ahead:');
    terminal.type(`ad${CTRL_C}`);
    expect(await terminal.ended).toBe(130);
    expect(terminal.text()).toContain('Nothing was sent or recorded.');
    await nothingRecorded(stage);
  });

  test.each([
    { signal: 'SIGTERM', code: 143 },
    { signal: 'SIGHUP', code: 129 },
  ])('$signal at the question: exit $code, nothing sent or recorded', async ({ signal, code }) => {
    const stage = await setProcessStage();
    const terminal = openTerminal(stage, ['erase', 'ada', ...FAST]);
    await terminal.waitFor('Type ada to go ahead:');
    terminal.kill(signal);
    expect(await terminal.ended).toBe(code);
    expect(terminal.text()).toContain(`Stopped by ${signal}.`);
    await nothingRecorded(stage);
  });

  test('the end of the input is no confirmation: exit 6', async () => {
    const stage = await setProcessStage();
    const terminal = openTerminal(stage, ['erase', 'ada', ...FAST]);
    await terminal.waitFor('Type ada to go ahead:');
    terminal.type(CTRL_D);
    expect(await terminal.ended).toBe(6);
    expect(terminal.text()).toContain('Not confirmed.');
    await nothingRecorded(stage);
  });

  const STOPPED = { script: '"$@"; echo "it stopped"; fg' };
  test('Ctrl-Z and fg: the question is still there', async () => {
    const stage = await setProcessStage();
    const terminal = openTerminal(stage, ['erase', 'ada', ...FAST], STOPPED);
    await terminal.waitFor('Type ada to go ahead:');
    terminal.type(CTRL_Z);
    await terminal.waitFor('it stopped');
    terminal.type(`ada${ENTER}`);
    expect(await terminal.ended).toBe(0);
    expect(deletions(stage)).toContain('deleteUsers');
  });

  test('Ctrl-Z, fg, and then the end of the input: exit 6', async () => {
    const stage = await setProcessStage();
    const terminal = openTerminal(stage, ['erase', 'ada', ...FAST], STOPPED);
    await terminal.waitFor('Type ada to go ahead:');
    terminal.type(`a${CTRL_Z}`);
    await terminal.waitFor('it stopped');
    terminal.type(`x`);
    await terminal.waitFor('ahead: ax');
    terminal.type(`\u007f\u007f`);
    terminal.type(CTRL_D);
    expect(await terminal.ended).toBe(6);
    await nothingRecorded(stage);
  });

  test.each([
    { id: 'Ada Lovelace', answer: 'Ada Lovelace', code: 1 },
    { id: 'Ada Lovelace', answer: '"Ada Lovelace"', code: 6 },
    { id: "d'Arcy", answer: "d'Arcy", code: 1 },
  ])(
    '$id, typed as $answer: what is shown is what is to be typed',
    async ({ id, answer, code }) => {
      const stage = await setStage();
      const terminal = openConsole(stage, ['erase', id, ...FAST]);
      await terminal.waitFor('Type it to go ahead:');
      expect(terminal.text()).toContain(`on the next line, exactly:\n${id}\n`);
      terminal.type(`${answer}${ENTER}`);
      expect(await terminal.ended).toBe(code);
    },
  );

  test.each([
    { id: 'x'.repeat(120), why: 'too long to be shown' },
    { id: 'a\u200bb', why: 'invisible in part' },
    { id: 'Zoe\u0308', why: 'not what a keyboard makes' },
  ])('an id that is $why: their number', async ({ id }) => {
    const stage = await setStage();
    const args = ['erase', id, '--provider', 'stream', ...FAST];
    const terminal = openConsole(stage, args);
    await terminal.waitFor('Type 1 (how many they are) to go ahead:');
    terminal.type(`1${ENTER}`);
    expect(await terminal.ended).toBe(1);
    expect(terminal.text()).toContain('Receipt  req_');
  });

  test.each([
    { keys: `ada${ENTER}`, code: 0 },
    { keys: `Ada${ENTER}`, code: 6 },
    { keys: CTRL_D, code: 6 },
    { keys: CTRL_C, code: 130 },
  ])('TERM=dumb is sent no escapes: $keys is $code', async ({ keys, code }) => {
    const stage = await setProcessStage();
    const args = ['erase', 'ada', '--quiet', ...FAST];
    const terminal = openTerminal(stage, args, { kind: 'dumb' });
    await terminal.waitFor('Type ada to go ahead:');
    terminal.type(keys);
    expect(await terminal.ended).toBe(code);
    expect(terminal.raw()).not.toContain('\u001b');
    if (code !== 0) await nothingRecorded(stage);
  });

  test('several people: their number', async () => {
    const stage = await setStage();
    const people = ['ada', 'user-000001', 'user-000002'];
    const wrong = openConsole(stage, ['erase', ...people, ...FAST]);
    await wrong.waitFor('Type 3 (how many they are) to go ahead:');
    expect(wrong.text()).toContain('Stream: 3 of 3 accounts visible');
    wrong.type(`ada${ENTER}`);
    expect(await wrong.ended).toBe(6);
    await nothingRecorded(stage);
    const right = openConsole(stage, ['erase', ...people, ...FAST]);
    await right.waitFor('to go ahead:');
    right.type(`3${ENTER}`);
    expect(await right.ended).toBe(0);
    expect(deletions(stage).filter((each) => each === 'deleteFeedUserData')).toHaveLength(3);
    expect(deletions(stage).filter((each) => each === 'deleteUsers')).toHaveLength(1);
  });

  test('what can be undone as a whole asks yes or no', async () => {
    const stage = await setStage();
    const { STREAM_API_KEY: apiKey, STREAM_API_SECRET: apiSecret } = stage.env;
    const stream = { apiKey, apiSecret, baseUrl: stage.sandbox.origin, products: ['chat'] };
    const file = join(stage.dir, 'gdpr.config.json');
    await writeFile(file, JSON.stringify({ profiles: { p: { stream } } }), { mode: 0o600 });
    trust(file, stage.dir);
    const no = openConsole(stage, ['erase', 'ada', ...FAST]);
    await no.waitFor('Go ahead?');
    no.type(`n${ENTER}`);
    expect(await no.ended).toBe(6);
    expect(deletions(stage)).toEqual([]);
    const yes = openConsole(stage, ['erase', 'ada', ...FAST]);
    await yes.waitFor('Go ahead?');
    yes.type(`yes${ENTER}`);
    expect(await yes.ended).toBe(0);
    expect(deletions(stage)).toEqual(['deleteUsers']);
  });

  test('what is open already is carried on, and that is said before the question', async () => {
    const stage = await setStage({ faults: ['task-never-ends'] });
    const left = await stage.gdpr(['erase', 'ada', '--yes', '--no-wait', '--json', ...FAST]);
    expect(left.code).toBe(8);
    const sent = deletions(stage).length;
    stage.sandbox.control.setFaults([]);
    const terminal = openConsole(stage, ['erase', 'ada', '--timeout', '200ms', ...FAST]);
    await terminal.waitFor('Type ada to go ahead:');
    expect(terminal.text()).toContain(`request ${JSON.parse(left.out).request_id} is open`);
    terminal.type(`ada${ENTER}`);
    expect(await terminal.ended).toBe(8);
    expect(deletions(stage)).toHaveLength(sent);
  });

  test('for many it says how many calls it takes, and how long at least', async () => {
    const stage = await setStage({ users: 650 });
    const ids = Array.from(
      { length: 650 },
      (_, index) => `user-${String(index + 1).padStart(6, '0')}`,
    );
    const terminal = openConsole(stage, ['erase', ...ids, '--max-subjects', '650']);
    await terminal.waitFor('Type 650');
    // At four fifths of Stream's 6 a minute, 7 calls take two windows.
    expect(terminal.text()).toMatch(/664 calls, at least \d+ (?:s|min) at the limits in force\./);
    expect(terminal.text()).toContain('and 630 people more');
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(130);
    expect(deletions(stage)).toEqual([]);
  });

  test('--quiet does not hide what the question is about', async () => {
    const stage = await setStage();
    const terminal = openConsole(stage, ['erase', 'ada', '--quiet', ...FAST]);
    await terminal.waitFor('Type ada to go ahead:');
    expect(terminal.text()).toContain('This will hide ada at Stream');
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(130);
  });
});

describe('gdpr restore at a terminal', () => {
  test('asks yes or no; only a yes restores', async () => {
    const stage = await setStage();
    const erase = ['erase', 'ada', '--provider', 'stream', '--yes', ...FAST];
    expect((await stage.gdpr(erase)).code).toBe(0);

    const restore = ['restore', 'ada', '--provider', 'stream', ...FAST];
    const no = openConsole(stage, restore);
    await no.waitFor('Go ahead?');
    expect(no.text()).toContain('This will bring back ada at Stream');
    no.type(ENTER);
    expect(await no.ended).toBe(6);
    expect(deletions(stage)).not.toContain('restoreUsers');

    const yes = openConsole(stage, restore);
    await yes.waitFor('Go ahead?');
    yes.type(`y${ENTER}`);
    expect(await yes.ended).toBe(0);
    expect(deletions(stage).at(-1)).toBe('restoreUsers');
  });

  test('TERM=dumb: a line that says yes, and no escapes', async () => {
    const stage = await setStage();
    const args = ['--provider', 'stream', ...FAST];
    expect((await stage.gdpr(['erase', 'ada', '--yes', ...args])).code).toBe(0);
    for (const [answer, code] of [
      ['', 6],
      ['yes', 0],
    ] as const) {
      const terminal = openConsole(stage, ['restore', 'ada', ...args], { kind: 'dumb' });
      await terminal.waitFor('Go ahead? (y/N)');
      terminal.type(`${answer}${ENTER}`);
      expect(await terminal.ended).toBe(code);
      expect(terminal.raw()).not.toContain('\u001b');
    }
  });

  test('whoever is active is not asked about: there is nothing to send', async () => {
    const stage = await setStage();
    const terminal = openConsole(stage, ['restore', 'ada']);
    expect(await terminal.ended).toBe(0);
    expect(terminal.text()).toContain('Nothing is sent.');
    expect(terminal.text()).toContain('already active');
    expect(deletions(stage)).toEqual([]);
  });
});

test('what is asked about leaves no file behind but the ledger', async () => {
  const stage = await setStage();
  const terminal = openConsole(stage, ['erase', 'ada', '--export-first', ...FAST]);
  await terminal.waitFor('Type ada to go ahead:');
  terminal.type(CTRL_C);
  await terminal.ended;
  expect((await tree(stage.dir)).filter((file) => !file.startsWith('state/'))).toEqual([]);
});
