import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ACCOUNTS,
  SENDBIRD,
  STREAM,
  T0,
  callFor,
  finish,
  holder,
  plan,
  recordAll,
  stage,
} from './stage.ts';

const query = (more = {}) => ({ at: T0, limit: 100, accounts: ACCOUNTS, ...more });

describe('due', () => {
  it('leaves out those in hand and loses nobody behind them, however many they are', async () => {
    const names = Array.from({ length: 150 }, (_, index) => String(index).padStart(3, '0'));
    const { ledger } = await stage(names);
    const steps = names.map((name, index) => ({
      id: `st_${name}_users`,
      patch: { nextAt: index % 7 === 0 ? null : T0 - (index % 5) },
    }));
    await ledger.record('me', { at: T0, steps });
    const all = (await ledger.due('me', query({ limit: 999 }))).map(({ step }) => step.id);
    expect(all).toHaveLength(300);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 4 }),
        async (limit, front, every) => {
          const hand = all.filter((id, at) => at < front && (at % every === 0 || /users/.test(id)));
          const except = new Set([...hand, 'st_of_nobody']);
          const due = await ledger.due('me', query({ limit, except }));
          const free = all.filter((id) => !except.has(id));
          expect(due.map(({ step }) => step.id)).toEqual(free.slice(0, limit));
        },
      ),
    );
  });

  it('gives what waits for nothing first, then the longest overdue, then the oldest', async () => {
    const { ledger } = await stage(['a', 'b', 'c']);
    await ledger.record('me', {
      at: T0,
      steps: [
        { id: 'st_a_users', patch: { nextAt: T0 - 1 } },
        { id: 'st_a_access', patch: { nextAt: T0 - 5, state: 'intended' } },
        { id: 'st_b_users', patch: { nextAt: T0 + 1 } },
        { id: 'st_b_access', patch: { nextAt: T0 } },
      ],
    });
    const ids = async (more = {}) =>
      (await ledger.due('me', query(more))).map(({ step }) => step.id);
    expect(await ids()).toEqual([
      'st_c_users',
      'st_c_access',
      'st_a_access',
      'st_a_users',
      'st_b_access',
    ]);
    expect(await ids({ limit: 3 })).toEqual(['st_c_users', 'st_c_access', 'st_a_access']);
    expect(await ids({ accounts: [SENDBIRD, SENDBIRD] })).toEqual([
      'st_c_access',
      'st_a_access',
      'st_b_access',
    ]);
    expect(await ids({ accounts: [] })).toEqual([]);
    expect(await ids({ states: ['intended', 'intended'] })).toEqual(['st_a_access']);
    expect(await ids({ states: [] })).toEqual([]);
    expect(await ledger.nextDueAt('me', query())).toBe(T0 + 1);
    expect(await ledger.nextDueAt('me', query({ at: T0 - 6 }))).toBe(T0 - 5);
    expect(await ledger.nextDueAt('me', query({ accounts: [SENDBIRD] }))).toBeNull();
    expect(await ledger.nextDueAt('me', query({ states: ['intended'], at: 0 }))).toBe(T0 - 5);
  });

  it('never gives ended steps or those of another token, and tells instants from 0 on', async () => {
    const { ledger } = await stage(['a']);
    await ledger.open([plan('b')], recordAll, T0);
    await finish(ledger, 'a', T0);
    expect(await ledger.due('me', query())).toEqual([]);
    await ledger.record('me', {
      at: T0,
      steps: [{ id: 'st_a_users', patch: { state: 'planned', finishedAt: null, nextAt: 0 } }],
    });
    expect(await ledger.due('me', query({ at: 0 }))).toMatchObject([{ step: { nextAt: 0 } }]);
    await ledger.release(holder('me'));
    expect(await ledger.due('me', query())).toEqual([]);
  });

  it('brings the present call, shared by its steps, and the folder', async () => {
    const { ledger } = await stage(['a', 'b']);
    await ledger.record('me', {
      at: T0,
      calls: [callFor('call_1', ['a', 'b']), callFor('call_0', ['a'])],
    });
    await ledger.record('me', {
      at: T0,
      steps: ['a', 'b'].map((name) => ({ id: `st_${name}_users`, patch: { callId: 'call_1' } })),
    });
    const due = await ledger.due('me', query({ accounts: [STREAM] }));
    const call = callFor('call_1', ['a', 'b']);
    expect(due).toMatchObject([
      { call, outDir: '/exports' },
      { call, outDir: '/exports' },
    ]);
    expect(due[0]?.call).toBe(due[1]?.call);
    expect((await ledger.due('me', query({ accounts: [SENDBIRD] })))[0]).toMatchObject({
      call: null,
    });
  });
});

describe('knownTasks', () => {
  it('tells tasks of the account that a call has, of whatever request and state', async () => {
    const { ledger } = await stage(['a']);
    await ledger.record('me', {
      at: T0,
      calls: [
        callFor('call_1', ['a'], { taskId: 't1', state: 'replaced' }),
        callFor('call_2', ['a'], { taskId: 't2', replaces: 'call_1' }),
      ],
    });
    expect(await ledger.knownTasks(STREAM, ['t1', 't2', 't3'])).toEqual(new Set(['t1', 't2']));
    expect(await ledger.knownTasks(SENDBIRD, ['t1'])).toEqual(new Set());
    expect(await ledger.knownTasks(STREAM, [])).toEqual(new Set());
    expect(await ledger.calls('req_a')).toMatchObject([
      { id: 'call_1' },
      { id: 'call_2', replaces: 'call_1' },
    ]);
  });
});

describe('list', () => {
  it('gives the newest first and filters', async () => {
    const { ledger } = await stage(['a', 'b']);
    await ledger.open(
      [plan('c', { subject: { userId: 'u', streamId: 's', sendbirdId: null } })],
      recordAll,
      T0 + 1,
    );
    await finish(ledger, 'a', T0 + 2);
    const ids = async (filter = {}) => (await ledger.list(filter)).map(({ id }) => id);
    expect(await ids()).toEqual(['req_c', 'req_b', 'req_a']);
    expect(await ids({ limit: 1 })).toEqual(['req_c']);
    expect(await ids({ ids: ['req_a', 'req_c', 'none'] })).toEqual(['req_c', 'req_a']);
    expect(await ids({ ids: [] })).toEqual([]);
    expect(await ids({ user: 's' })).toEqual(['req_c']);
    expect(await ids({ user: 'u', states: ['open'] })).toEqual(['req_c']);
    expect(await ids({ states: ['completed', 'partial'] })).toEqual(['req_a']);
    expect(await ids({ states: [] })).toEqual([]);
    await ledger.seal('me', 'req_a');
    expect(await ids({ unfinished: true })).toEqual(['req_c', 'req_b']);
    expect(await ledger.list({ ids: ['req_a'] })).toEqual([await ledger.request('req_a')]);
  });

  it('knows no request that is not there', async () => {
    const { ledger } = await stage();
    expect(await ledger.request('req_none')).toBeNull();
    expect(await ledger.calls('req_none')).toEqual([]);
  });
});
