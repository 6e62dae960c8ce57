import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../src/ledger/sqlite.ts';
import type { PlannedRequest } from '../../src/requests/request.ts';
import { SENDBIRD, T0 } from '../requests/make.ts';
import { fakeHost } from '../support/host.ts';
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
  await recordAt(stage, T0, ...requests);
}

/** As if they had been confirmed at an instant, those that need it. */
async function recordAt(
  stage: Stage,
  at: number,
  ...requests: readonly PlannedRequest[]
): Promise<void> {
  const [profile] = await profiles(stage);
  const ledger = await openLedger(profile, fakeHost());
  for (const [index, each] of requests.entries()) {
    const confirmation = { operator: 'jane', how: 'typed' } as const;
    await ledger.open([each], () => ({ kind: 'record' }), at + index, confirmation);
  }
  await ledger.close();
}

/** An erase at an account that is configured, and where nobody listens. */
function erasure(id: string, userId = 'ada'): PlannedRequest {
  return planned(id, {
    action: 'erase',
    mode: 'hard',
    outDir: null,
    subject: { userId, streamId: null, sendbirdId: userId },
    steps: [
      {
        id: `${id}/delete`,
        provider: 'sendbird',
        operation: 'delete',
        account: 'sendbird:APP-1@http://127.0.0.1:9',
        subjectId: userId,
        options: { channel_delete_option: 'do_not_delete' },
        before: 'visible',
      },
    ],
  });
}

const LONG_AGO = T0 - 7 * 86_400_000;

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
    expect((await stage.gdpr('status')).out.split('\n')[1]).toContain('req_late');
    const { out } = await stage.gdpr('status', '--limit', '3', '--json');
    const ids = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).request_id);
    expect(ids).toHaveLength(3);
    expect(ids[0]).toBe('req_late');
  });

  it('says how many are not shown', async () => {
    const stage = setStage();
    await record(stage, ...Array.from({ length: 60 }, (_, index) => planned(`req_${index}`)));
    const { out, err } = await stage.gdpr('status');
    expect(out).toContain('50 of 60 shown, the most urgent ones; more: --limit <n>');
    expect(err).toContain('60 requests are unsettled: 60 open.');
    expect((await stage.gdpr('status', '--limit', '60')).out).not.toContain('shown');
  });

  it('shows only what the filters let through, and its code is that of those', async () => {
    const stage = setStage();
    const shown = async (...args: string[]): Promise<unknown> => {
      const { code, out } = await stage.gdpr('status', '--json', ...args);
      const ids = out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).request_id);
      return [code, ...ids];
    };
    await record(
      stage,
      planned('req_a', { reference: 'ZD-1', dueOn: '2026-11-27' }),
      planned('req_b', { reference: 'ZD-2', dueOn: '2026-11-19' }),
      { ...erasure('req_c', 'grace'), dueOn: '2026-11-28' },
    );
    expect(await shown()).toEqual([9, 'req_b', 'req_a', 'req_c']);
    expect(await shown('--action', 'erase')).toEqual([8, 'req_c']);
    expect(await shown('--action', 'erase', '--action', 'export')).toHaveLength(4);
    expect(await shown('--reference', 'ZD-1')).toEqual([8, 'req_a']);
    expect(await shown('--due-within', '7d')).toEqual([9, 'req_b', 'req_a']);
    expect(await shown('--due-within', '8d', '--action', 'erase')).toEqual([8, 'req_c']);
    expect(await shown('--state', 'open', '--reference', 'ZD-1')).toEqual([8, 'req_a']);
    expect(await shown('--state', 'in_doubt')).toEqual([0]);
    expect(await shown('grace', '--action', 'export')).toEqual([0]);
    expect((await stage.gdpr('status', '--due-within', 'soon')).code).toBe(2);
    expect((await stage.gdpr('status', '--action', 'delete')).code).toBe(2);
  });

  it('of a state without a provider asks nobody', async () => {
    const stage = setStage({});
    await record(stage, planned('req_a'));
    const { code, err } = await stage.gdpr('status');
    expect([code, err]).toEqual([8, '1 request is unsettled: 1 open.\nTo carry on: gdpr resume\n']);
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
  it('names the command that finds the same ledger', async () => {
    const stage = setStage();
    const state = join(stage.dir, 'else where');
    const { err } = await stage.gdpr('--state-dir', state, 'resume', 'req_none');
    expect(err).toContain(`gdpr --state-dir '${state}' status --all`);
  });

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

  it('goes through those of one run in the order in which they were named', async () => {
    const stage = setStage();
    const [profile] = await profiles(stage);
    const ledger = await openLedger(profile, fakeHost());
    const requests = ['req_1', 'req_2', 'req_3'].map((id) => planned(id));
    await ledger.open(requests, () => ({ kind: 'record' }), T0);
    await ledger.close();
    const { code, out } = await stage.gdpr('resume', '--json');
    const ids = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).request_id);
    expect([code, ids]).toEqual([4, ['req_1', 'req_2', 'req_3']]);
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

describe('resume of what was confirmed too long ago', () => {
  const quick = ['--poll-interval', '1ms'];

  it('leaves it alone where nobody can be asked: 8, said plainly, and nothing is sent', async () => {
    const stage = setStage();
    await recordAt(stage, LONG_AGO, erasure('req_old'));
    for (const more of [[], ['--no-input'], ['--json']]) {
      const said = await stage.gdpr('resume', ...quick, ...more);
      expect(said.code).toBe(8);
      expect(said.err).toContain('nobody confirmed it within 7 days: 1 request');
      expect(said.err).toContain('Not even sent yet: Sendbird account');
    }
    const { out } = await stage.gdpr('status', 'req_old', '--json');
    expect(JSON.parse(out)).toMatchObject({ steps: [{ state: 'planned' }] });
    expect((await stage.gdpr('status')).out).toContain('to be confirmed again');
  });

  it('carries the rest on', async () => {
    const stage = setStage();
    await recordAt(stage, LONG_AGO, erasure('req_old'));
    await record(stage, erasure('req_new', 'grace'));
    const { code, out, err } = await stage.gdpr('resume', '--json', ...quick);
    expect(code).toBe(5);
    expect(err).toContain('nobody confirmed it within 7 days: 1 request');
    const receipts = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const attempts = receipts.map(({ request_id: id, steps }) => [id, steps[0].attempts > 0]);
    expect(Object.fromEntries(attempts)).toEqual({ req_old: false, req_new: true });
  });
});

describe('resume --resend', () => {
  it('is for requests that are named', async () => {
    const { code, error } = await setStage().gdpr('resume', '--resend', '--json');
    expect(code).toBe(2);
    expect(error()).toMatchObject({ code: 'usage' });
  });

  it('says so where nothing is in doubt', async () => {
    const stage = setStage();
    await record(stage, planned('req_a'));
    const { err } = await stage.gdpr('resume', '--resend', 'req_a');
    expect(err).toContain('req_a: no deletion is in doubt, so none is sent again.');
  });
});

describe('export', () => {
  it('while an erase is open is 6, naming it, and records nothing', async () => {
    const stage = setStage();
    await record(stage, erasure('req_erase'));
    for (const more of [[], ['--new']]) {
      const said = await stage.gdpr('export', 'ada', 'grace', '--json', ...more);
      expect(said.code).toBe(6);
      expect(said.error()).toMatchObject({ code: 'guard', request_ids: ['req_erase'] });
    }
    const { out } = await stage.gdpr('status', '--all', '--json');
    expect(out.trimEnd().split('\n')).toHaveLength(1);
  });
});
