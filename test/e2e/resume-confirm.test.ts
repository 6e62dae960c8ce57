import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openLedger } from '../../src/ledger/sqlite.ts';
import type { PlannedRequest } from '../../src/requests/request.ts';
import { fakeHost } from '../support/host.ts';
import { trust } from '../support/trust.ts';
import { CTRL_C, ENTER, openTerminal } from './pty.ts';
import { type ProcessStage, setProcessStage } from './stage.ts';

const RESUME = ['resume', '--poll-interval', '10ms'];
const LONG_AGO = Date.UTC(2024, 0, 1);

/** An erase that was confirmed years ago and never sent. */
function erasure(stage: ProcessStage, user: string): PlannedRequest {
  const id = `req_${user}`;
  const about = { subjectId: user, account: `sendbird:APP-CANARY-1@${stage.sandbox.origin}` };
  return {
    id,
    action: 'erase',
    mode: 'hard',
    subject: { userId: user, streamId: null, sendbirdId: user },
    reference: null,
    profile: 'default',
    operator: 'jane',
    receivedOn: '2024-01-01',
    dueOn: '2030-02-01',
    outDir: null,
    steps: [
      {
        id: `${id}/delete`,
        provider: 'sendbird',
        operation: 'delete',
        options: { channel_delete_option: 'do_not_delete' },
        before: 'visible',
        ...about,
      },
    ],
  };
}

/** Puts erases where the program will look for them, as an older run would have. */
async function stageWith(...users: readonly string[]): Promise<ProcessStage> {
  const stage = await setProcessStage();
  await stage.gdpr(['status']);
  const state = join(stage.dir, 'state');
  const [profile = ''] = await readdir(state);
  const ledger = await openLedger(join(state, profile), fakeHost());
  const requests = users.map((user) => erasure(stage, user));
  const confirmation = { operator: 'jane', how: 'typed' } as const;
  await ledger.open(requests, () => ({ kind: 'record' }), LONG_AGO, confirmation);
  await ledger.close();
  return stage;
}

describe('gdpr resume of a deletion that was confirmed too long ago', () => {
  test('asks at a terminal, and sends it after a yes', async () => {
    const stage = await stageWith('ada');
    const terminal = openTerminal(stage, RESUME);
    await terminal.waitFor('Type ada to go ahead:');
    expect(terminal.text().replaceAll(/\s+/g, ' ')).toContain(
      'not confirmed within the last 7 days (1 request), in profile default (Sendbird app APP-CANARY-1):',
    );
    expect(terminal.text()).toContain('req_ada  erase of ada');
    expect(terminal.text()).toContain('Sendbird: Ada');
    expect(terminal.text()).toMatch(
      /account +removed: Sendbird knows no soft delete; cannot be undone/,
    );
    expect(terminal.text()).toContain('group channels stay (do_not_delete)');
    expect(stage.calls('registerGdprDelete')).toBe(0);
    terminal.type(`ada${ENTER}`);
    expect(await terminal.ended).toBe(0);
    expect(terminal.text()).toMatch(/account +✓ {2}removed/);
    expect(stage.calls('registerGdprDelete')).toBe(1);
  });

  test('asks also where nobody can be looked up, and says so', async () => {
    const stage = await stageWith('ada');
    stage.sandbox.control.setFaults(['http-500@getUser']);
    const terminal = openTerminal(stage, RESUME);
    await terminal.waitFor('Type ada to go ahead:');
    expect(terminal.text().replaceAll(/\s+/g, ' ')).toMatch(
      /Found not looked up Stopped while looking up/,
    );
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(130);
    expect(stage.calls('registerGdprDelete')).toBe(0);
  });

  test('leaves whom the profile protects by now: 6, and the rest is carried on', async () => {
    const stage = await stageWith('ada', 'user-000001');
    const [state = ''] = await readdir(join(stage.dir, 'state'));
    const { SENDBIRD_APP_ID: applicationId, SENDBIRD_API_TOKEN: apiToken } = stage.env;
    const sendbird = { applicationId, apiToken, baseUrl: stage.sandbox.origin };
    const profiles = { [state]: { sendbird, erase: { protected: ['^ada$'] } } };
    const file = join(stage.dir, 'gdpr.config.json');
    await writeFile(file, JSON.stringify({ profile: state, profiles }), { mode: 0o600 });
    trust(file, stage.dir);
    const terminal = openTerminal(stage, RESUME);
    await terminal.waitFor('Type user-000001 to go ahead:');
    expect(terminal.text()).not.toContain('req_ada  erase');
    terminal.type(`user-000001${ENTER}`);
    expect(await terminal.ended).toBe(6);
    expect(terminal.text()).toContain('Refused: protected by erase.protected');
    expect(terminal.text()).toContain('Their deletion was not sent; the rest was carried on.');
    const sent = stage.log.filter(({ operation }) => operation === 'registerGdprDelete');
    expect(sent.map(({ ids }) => ids)).toEqual([['user-000001']]);
  });

  test('asks for the number of several', async () => {
    const stage = await stageWith('ada', 'user-000001');
    const terminal = openTerminal(stage, RESUME);
    await terminal.waitFor('Type 2 (how many they are) to go ahead:');
    terminal.type(`2${ENTER}`);
    expect(await terminal.ended).toBe(0);
    expect(stage.calls('registerGdprDelete')).toBe(1);
  });

  test('leaves it unsent without a yes: 8', async () => {
    const stage = await stageWith('ada');
    const terminal = openTerminal(stage, RESUME);
    await terminal.waitFor('Type ada to go ahead:');
    terminal.type(`no${ENTER}`);
    expect(await terminal.ended).toBe(8);
    expect(terminal.text()).toContain('Not confirmed: it stays unsent');
    expect(stage.calls('registerGdprDelete')).toBe(0);
  });

  test('Ctrl-C at the question: 130, nothing sent', async () => {
    const stage = await stageWith('ada');
    const terminal = openTerminal(stage, RESUME);
    await terminal.waitFor('Type ada to go ahead:');
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(130);
    expect(stage.calls('registerGdprDelete')).toBe(0);
  });

  test('without a terminal nobody is asked and nothing is sent: 8', async () => {
    const stage = await stageWith('ada');
    const { code, err } = await stage.gdpr(RESUME);
    expect(code).toBe(8);
    expect(err).toContain('nobody confirmed it within 7 days: 1 request');
    expect(stage.calls('registerGdprDelete')).toBe(0);
  });
});
