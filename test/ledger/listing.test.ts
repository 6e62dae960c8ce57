import { describe, expect, it } from 'vitest';
import type { Ledger, RequestFilter } from '../../src/ledger/ledger.ts';
import type { PlannedRequest } from '../../src/requests/request.ts';
import { T0, YES, erasure, finish, plan, recordAll, restoration, stageOf } from './stage.ts';

const DUE: Readonly<Record<string, string>> = {
  a: '2026-12-21',
  b: '2026-11-30',
  c: '2026-12-18',
  d: '2026-12-01',
  e: '2026-12-01',
};

function due(name: string, more: Partial<PlannedRequest> = {}): Partial<PlannedRequest> {
  return { dueOn: DUE[name] ?? '', ...more };
}

/** `a` completed export, `b` extended to 2027-03-04, `c` erase, `d` restore, `e` a later export. */
async function crowd(): Promise<{
  ledger: Ledger;
  ids: (filter?: RequestFilter) => Promise<string>;
}> {
  const { ledger } = await stageOf([
    plan('a', due('a')),
    plan('b', due('b', { reference: null })),
    erasure('c', due('c', { reference: 'ZD-7' })),
    restoration('d', due('d')),
  ]);
  await ledger.open([plan('e', due('e'))], recordAll, T0 + 1, YES);
  await finish(ledger, 'a', T0 + 2);
  await ledger.seal('me', 'req_a');
  const by = { reason: 'many accounts', operator: 'jane', at: T0 + 2 };
  await ledger.extend('me', 'req_b', { ...by, until: '2027-03-04' });
  const ids = async (filter: RequestFilter = {}) =>
    (await ledger.list(filter)).map(({ id }) => id.slice('req_'.length)).join('');
  return { ledger, ids };
}

describe('list', () => {
  it('gives what is urgent first: the day that counts, then the age', async () => {
    const { ids } = await crowd();
    const order = 'urgent';
    expect(await ids({ order })).toBe('decab');
    expect(await ids({ order, limit: 2 })).toBe('de');
    expect(await ids({ order, states: ['open', 'completed'], limit: 4 })).toBe('deca');
    expect(await ids({ order, ids: ['req_a', 'req_b', 'req_d'] })).toBe('dab');
    expect(await ids({ order: 'newest' })).toBe('edcba');
    expect(await ids()).toBe('edcba');
  });

  it('gives those of an action, of a reference, and those due by a day', async () => {
    const { ids } = await crowd();
    expect(await ids({ actions: ['erase', 'restore'] })).toBe('dc');
    expect(await ids({ actions: ['export', 'export'] })).toBe('eba');
    expect(await ids({ actions: [] })).toBe('');
    expect(await ids({ reference: 'ZD-7' })).toBe('c');
    expect(await ids({ reference: 'ZD-1042' })).toBe('eda');
    expect(await ids({ reference: 'zd-7' })).toBe('');
    expect(await ids({ dueBy: '2026-12-18' })).toBe('edc');
    expect(await ids({ dueBy: '2027-03-03' })).toBe('edca');
    expect(await ids({ dueBy: '2027-03-04', order: 'urgent' })).toBe('decab');
    expect(await ids({ dueBy: '2026-11-30' })).toBe('');
  });

  it.each([
    [{}, 'ed', 'de'],
    [{ limit: 1 }, 'e', 'd'],
    [{ user: 'user d' }, 'd', 'd'],
    [{ user: 'user a' }, '', ''],
    [{ ids: ['req_c', 'req_e'] }, 'e', 'e'],
    [{ ids: ['req_d', 'req_e'] }, 'ed', 'de'],
    [{ ids: ['req_d', 'req_e'], user: 'user e' }, 'e', 'e'],
    [{ actions: ['export'] }, 'e', 'e'],
    [{ states: ['in_doubt'] }, '', ''],
    [{ dueBy: '2026-11-01' }, '', ''],
  ] satisfies [RequestFilter, string, string][])(
    'applies all of a filter: %j',
    async (more, newest, urgent) => {
      const { ids } = await crowd();
      const filter: RequestFilter = {
        states: ['open', 'completed'],
        actions: ['export', 'restore'],
        reference: 'ZD-1042',
        dueBy: '2026-12-21',
        unfinished: true,
        ...more,
      };
      expect(await ids(filter)).toBe(newest);
      expect(await ids({ ...filter, order: 'urgent' })).toBe(urgent);
    },
  );

  it('holds all of a request that it gives', async () => {
    const { ledger } = await crowd();
    for (const request of await ledger.list({ order: 'urgent' })) {
      expect(request).toEqual(await ledger.request(request.id));
    }
  });
});

describe('tally', () => {
  const none = {
    open: 0,
    completed: 0,
    partial: 0,
    failed: 0,
    not_found: 0,
    in_doubt: 0,
    cancelled: 0,
    closed: 0,
  };

  it('counts by state, and what is unsettled past its day', async () => {
    const { ledger } = await crowd();
    const of = (filter: RequestFilter, today = '2026-12-02') => ledger.tally(filter, today);
    expect(await of({})).toEqual({ states: { ...none, open: 4, completed: 1 }, overdue: 2 });
    expect(await of({}, '2026-12-01')).toMatchObject({ overdue: 0 });
    expect(await of({}, '2027-03-04')).toMatchObject({ overdue: 3 });
    expect(await of({}, '2027-03-05')).toMatchObject({ overdue: 4 });
    const by = { reason: 'by letter', operator: 'jane', at: T0 + 3 };
    await ledger.settle('me', 'req_d', by);
    expect(await of({})).toEqual({
      states: { ...none, open: 3, completed: 1, closed: 1 },
      overdue: 1,
    });
  });

  it('counts what the filter matches, and pays no heed to its limit and order', async () => {
    const { ledger } = await crowd();
    const of = async (filter: RequestFilter) => {
      const { states, overdue } = await ledger.tally(filter, '2027-01-01');
      return [states.open, states.completed, overdue];
    };
    expect(await of({ limit: 1, order: 'urgent' })).toEqual([4, 1, 3]);
    expect(await of({ states: ['completed'] })).toEqual([0, 1, 0]);
    expect(await of({ states: [] })).toEqual([0, 0, 0]);
    expect(await of({ actions: ['export'] })).toEqual([2, 1, 1]);
    expect(await of({ reference: 'ZD-1042' })).toEqual([2, 1, 2]);
    expect(await of({ dueBy: '2026-12-18' })).toEqual([3, 0, 3]);
    expect(await of({ user: 'user e' })).toEqual([1, 0, 1]);
    expect(await of({ ids: ['req_a', 'req_b', 'req_e', 'none'] })).toEqual([2, 1, 1]);
    expect(await of({ unfinished: true })).toEqual([4, 0, 3]);
  });
});
