import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../src/ledger/sqlite.ts';
import type { PlannedRequest } from '../../src/requests/request.ts';
import { fakeHost } from '../support/host.ts';
import { SENDBIRD, T0 } from '../requests/make.ts';
import { type Stage, setStage } from './stage.ts';

/** A recorded export whose only step belongs to an account that is not configured now. */
function planned(id: string, more: Partial<PlannedRequest> = {}): PlannedRequest {
  return {
    id,
    action: 'export',
    mode: null,
    subject: { userId: 'ada', streamId: null, sendbirdId: 'ada-sb' },
    reference: null,
    profile: 'default',
    operator: 'jane',
    receivedOn: '2026-11-20',
    dueOn: '2026-12-21',
    outDir: '/nowhere',
    steps: [
      {
        id: `${id}/access`,
        provider: 'sendbird',
        operation: 'access',
        account: SENDBIRD,
        subjectId: 'ada-sb',
        options: {},
      },
    ],
    ...more,
  };
}

/** Puts requests where `gdpr` will look for them. */
async function record(stage: Stage, ...requests: readonly PlannedRequest[]): Promise<void> {
  const [profile] = await profiles(stage);
  const ledger = await openLedger(profile, fakeHost());
  for (const [index, each] of requests.entries()) {
    await ledger.open([each], () => ({ kind: 'record' }), T0 + index);
  }
  await ledger.close();
}

/** The folder of the profile, as the program itself makes it. */
async function profiles(stage: Stage): Promise<[string]> {
  await stage.gdpr('status');
  const { readdirSync } = await import('node:fs');
  const [name = ''] = readdirSync(join(stage.dir, 'state'));
  return [join(stage.dir, 'state', name)];
}

describe('status', () => {
  it('of nothing is 0', async () => {
    const { code, out, err } = await setStage().gdpr('status');
    expect({ code, out, err }).toEqual({ code: 0, out: 'Nothing is open.\n', err: '' });
  });

  it.each(['req_none', 'nobody', 'a\u001b[2J'])('of %j, unknown, is 1', async (about) => {
    const { code, out, err } = await setStage().gdpr('status', about);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('knows no request by');
    expect(err).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  it('--json of an unknown request is gdpr-error/1', async () => {
    const { error } = await setStage().gdpr('status', 'req_none', '--json');
    expect(error()).toMatchObject({ code: 'unknown_request', exit: 1, request_ids: [] });
  });

  it('finds a request by its id, and by any id of its subject', async () => {
    const stage = setStage();
    await record(stage, planned('req_a'));
    for (const about of ['req_a', 'ada', 'ada-sb']) {
      const { code, out } = await stage.gdpr('status', about);
      expect(code).toBe(8);
      expect(out).toContain('req_a');
    }
    expect((await stage.gdpr('status', 'ad')).code).toBe(1);
    expect((await stage.gdpr('status', 'ADA')).code).toBe(1);
  });

  it('is 9 when something is overdue, however many newer ones there are', async () => {
    const stage = setStage();
    const late = planned('req_late', { receivedOn: '2026-10-01', dueOn: '2026-11-02' });
    const newer = Array.from({ length: 60 }, (_, index) => planned(`req_${index}`));
    await record(stage, late, ...newer);
    for (const args of [['status'], ['status', '--limit', '1'], ['status', 'ada']]) {
      expect((await stage.gdpr(...args)).code).toBe(9);
    }
    expect((await stage.gdpr('status')).out.split('\n')[0]).toContain('req_late');
    const { out } = await stage.gdpr('status', '--limit', '3', '--json');
    const ids = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).request_id);
    expect(ids).toHaveLength(3);
    expect(ids[0]).toBe('req_late');
  });

  it('shows only the states that are asked for', async () => {
    const stage = setStage();
    await record(stage, planned('req_a'));
    expect((await stage.gdpr('status', '--state', 'failed')).out).toBe('Nothing is failed.\n');
    expect((await stage.gdpr('status', '--state', 'failed', '--state', 'open')).out).toContain(
      'req_a',
    );
  });
});

describe('resume', () => {
  it('of nothing is 0', async () => {
    const { code, err } = await setStage().gdpr('resume');
    expect({ code, err }).toEqual({ code: 0, err: 'Nothing is open.\n' });
  });

  it('of an unknown request is 1, and the known one beside it is left alone', async () => {
    const stage = setStage();
    await record(stage, planned('req_a'));
    const { code, err, out } = await stage.gdpr('resume', 'req_a', 'req_\u001bnone');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('No such request: "req_\\u001bnone"');
    expect((await stage.gdpr('status', 'req_a', '--json')).out).toContain('"planned"');
  });

  it('of an account that is not configured is 4, naming both, and sends nothing', async () => {
    const stage = setStage();
    await record(stage, planned('req_a'));
    const said = await stage.gdpr('resume', '--json');
    expect(said.code).toBe(4);
    const { message, request_ids: ids, code } = said.error();
    expect(message).toContain(SENDBIRD);
    expect(message).toContain('sendbird:APP-1@http://127.0.0.1:9');
    expect({ ids, code }).toEqual({ ids: ['req_a'], code: 'account' });
    expect(JSON.parse(said.out)).toMatchObject({ state: 'open', steps: [{ attempts: 0 }] });
  });
});

describe('export', () => {
  it('while an erase is open is 6, naming it, and records nothing', async () => {
    const stage = setStage();
    const erase = planned('req_erase', {
      action: 'erase',
      mode: 'hard',
      steps: [
        {
          id: 'req_erase/delete',
          provider: 'sendbird',
          operation: 'delete',
          account: 'sendbird:APP-1@http://127.0.0.1:9',
          subjectId: 'ada',
          options: {},
        },
      ],
    });
    await record(stage, erase);
    for (const more of [[], ['--new']]) {
      const said = await stage.gdpr('export', 'ada', 'grace', '--json', ...more);
      expect(said.code).toBe(6);
      expect(said.error()).toMatchObject({ code: 'guard', request_ids: ['req_erase'] });
    }
    const { out } = await stage.gdpr('status', '--all', '--json');
    expect(out.trimEnd().split('\n')).toHaveLength(1);
  });
});
