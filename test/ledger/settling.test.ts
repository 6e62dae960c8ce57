import { describe, expect, it } from 'vitest';
import type { Group } from '../../src/ledger/ledger.ts';
import type { Request } from '../../src/requests/request.ts';
import type { Change } from '../../src/requests/transitions/change.ts';
import {
  ACCOUNTS,
  FILE,
  STREAM,
  T0,
  YES,
  callFor,
  deletionFor,
  erasure,
  finish,
  holder,
  plan,
  stage,
  stageOf,
} from './stage.ts';

const CLOSING = { reason: 'answered by letter', operator: 'joe', at: T0 + 3 };
const EXTENSION = { until: '2027-02-21', reason: 'many accounts', operator: 'joe', at: T0 + 3 };
const LEASE_LOST = { name: 'LeaseLost' };
const ACCOUNTS_OF_USERS: Group = {
  operation: 'delete_users',
  options: { user: 'hard' },
  batch: null,
};
const query = { at: T0 + 9, limit: 9, accounts: ACCOUNTS };
const ids = (due: readonly { step: { id: string } }[]) => due.map(({ step }) => step.id);

/** The Stream step of an export has come to an end with its file, or goes on at this instant. */
function ended(name: string, at: number): Change {
  const patch = { state: 'succeeded', finishedAt: at } as const;
  const id = `st_${name}_users`;
  return { at, steps: [{ id, patch }], artifacts: [{ stepId: id, artifact: FILE }] };
}

describe('settle', () => {
  it('closes a request, and tells it in two events', async () => {
    const { ledger, raw } = await stage(['a']);
    await ledger.settle('me', 'req_a', CLOSING);
    expect(await ledger.request('req_a')).toMatchObject({
      state: 'closed',
      closing: CLOSING,
      extension: null,
      finishedAt: CLOSING.at,
      sealed: true,
    });
    const events = raw()
      .prepare('SELECT kind, state, at FROM events ORDER BY sequence DESC LIMIT 2')
      .all();
    expect(events).toEqual([
      { kind: 'request', state: 'closed', at: CLOSING.at },
      { kind: 'closed', state: null, at: CLOSING.at },
    ]);
  });

  it('leaves no step of it due, also for whoever takes it next', async () => {
    const { ledger } = await stageOf([plan('a'), erasure('e'), plan('b')]);
    await ledger.record('me', {
      at: T0,
      steps: [{ id: 'st_a_users', patch: { nextAt: T0 + 50 } }],
    });
    expect(ids(await ledger.due('me', query))).toContain('st_a_access');
    expect(await ledger.nextDueAt('me', query)).toBe(T0 + 50);
    expect(await ledger.isAwaited('me', STREAM, ACCOUNTS_OF_USERS)).toBe(true);
    await ledger.settle('me', 'req_a', CLOSING);
    await ledger.settle('me', 'req_e', CLOSING);
    const check = async (token: string) => {
      expect(ids(await ledger.due(token, query))).toEqual(['st_b_users', 'st_b_access']);
      expect(await ledger.nextDueAt(token, query)).toBeNull();
      expect(await ledger.isAwaited(token, STREAM, ACCOUNTS_OF_USERS)).toBe(false);
    };
    await check('me');
    await ledger.release(holder('me'));
    const all = ['req_a', 'req_e', 'req_b'];
    expect(await ledger.take(all, holder('you'), T0 + 5)).toEqual(all);
    await check('you');
  });

  it('leaves nothing of it in the way of another request', async () => {
    const { ledger } = await stageOf([erasure('a')]);
    await ledger.settle('me', 'req_a', CLOSING);
    const seen: Request[] = [];
    await ledger.open(
      [erasure('b', { steps: erasure('a').steps.map((one) => ({ ...one, id: `${one.id}_b` })) })],
      (_wanted, standing) => {
        seen.push(...standing);
        return { kind: 'record' };
      },
      T0 + 4,
      YES,
    );
    expect(seen).toEqual([]);
  });

  it('takes a late answer, and stays closed', async () => {
    const { ledger } = await stage(['a']);
    await ledger.settle('me', 'req_a', CLOSING);
    expect(await ledger.list({ unfinished: true })).toEqual([]);
    await ledger.record('me', ended('a', T0 + 7));
    const late = await ledger.request('req_a');
    expect(late).toMatchObject({ state: 'closed', finishedAt: CLOSING.at, sealed: false });
    expect(late?.steps[0]).toMatchObject({ state: 'succeeded', artifacts: [FILE] });
    expect(await ledger.list({ unfinished: true })).toHaveLength(1);
    await ledger.seal('me', 'req_a');
    const doubt = { state: 'in_doubt', nextAt: T0 + 8 } as const;
    await ledger.record('me', { at: T0 + 8, steps: [{ id: 'st_a_access', patch: doubt }] });
    expect(await ledger.request('req_a')).toMatchObject({
      state: 'closed',
      finishedAt: CLOSING.at,
      sealed: false,
    });
    expect(await ledger.due('me', query)).toEqual([]);
  });

  it('has the bundle of one that had ended sealed anew, and keeps when it ended', async () => {
    const { ledger } = await stage(['a']);
    await finish(ledger, 'a', T0 + 1);
    await ledger.seal('me', 'req_a');
    await ledger.settle('me', 'req_a', CLOSING);
    expect(await ledger.request('req_a')).toMatchObject({
      state: 'closed',
      finishedAt: T0 + 1,
      sealed: false,
    });
    await ledger.seal('me', 'req_a');
    expect(await ledger.request('req_a')).toMatchObject({ state: 'closed', sealed: true });
  });

  it('is done once, by who holds the request', async () => {
    const { ledger } = await stage(['a']);
    await expect(ledger.settle('you', 'req_a', CLOSING)).rejects.toMatchObject(LEASE_LOST);
    await expect(ledger.settle('me', 'req_none', CLOSING)).rejects.toMatchObject(LEASE_LOST);
    expect(await ledger.request('req_a')).toMatchObject({ state: 'open', closing: null });
    await ledger.settle('me', 'req_a', CLOSING);
    const again = ledger.settle('me', 'req_a', { ...CLOSING, reason: 'another' });
    await expect(again).rejects.toThrow('is closed');
    expect(await ledger.request('req_a')).toMatchObject({ closing: CLOSING });
  });

  it('leaves the others of a shared call due, which carry its step along', async () => {
    const { ledger } = await stageOf([erasure('a'), erasure('b'), erasure('c')]);
    const names = ['a', 'b'];
    await ledger.record('me', {
      at: T0,
      calls: [deletionFor('call_1', names)],
      steps: names.map((name) => ({
        id: `st_${name}_users`,
        patch: { state: 'accepted', blocked: false, callId: 'call_1' },
      })),
    });
    await ledger.settle('me', 'req_b', CLOSING);
    expect(ids(await ledger.due('me', { ...query, states: ['accepted'] }))).toEqual(['st_a_users']);
    expect(ids(await ledger.stepsOf('call_1'))).toEqual(['st_a_users', 'st_b_users']);
    expect(await ledger.companions('call_1')).toEqual(['req_a', 'req_b']);
    await ledger.release(holder('me'));
    await ledger.take(['req_a'], holder('you'), T0);
    expect(await ledger.heldByOthers(['req_b', 'req_c'], '', T0)).toMatchObject([
      { requestId: 'req_b' },
    ]);
  });
});

describe('extend', () => {
  it('records the day, and leaves the first one', async () => {
    const { ledger, raw } = await stage(['a']);
    await ledger.extend('me', 'req_a', EXTENSION);
    expect(await ledger.request('req_a')).toMatchObject({
      dueOn: '2026-12-21',
      extension: EXTENSION,
      closing: null,
      state: 'open',
      finishedAt: null,
    });
    const last = raw().prepare('SELECT kind, state, at FROM events ORDER BY sequence DESC').get();
    expect(last).toEqual({ kind: 'extended', state: null, at: EXTENSION.at });
    expect(ids(await ledger.due('me', query))).toEqual(['st_a_users', 'st_a_access']);
  });

  it('has a bundle sealed anew, in the state that it is in', async () => {
    const { ledger } = await stage(['a']);
    await finish(ledger, 'a', T0 + 1);
    await ledger.seal('me', 'req_a');
    await ledger.extend('me', 'req_a', EXTENSION);
    expect(await ledger.request('req_a')).toMatchObject({
      state: 'completed',
      finishedAt: T0 + 1,
      sealed: false,
    });
  });

  it('is done once, by who holds the request', async () => {
    const { ledger } = await stage(['a']);
    await expect(ledger.extend('you', 'req_a', EXTENSION)).rejects.toMatchObject(LEASE_LOST);
    expect(await ledger.request('req_a')).toMatchObject({ extension: null });
    await ledger.extend('me', 'req_a', EXTENSION);
    const again = ledger.extend('me', 'req_a', { ...EXTENSION, until: '2027-03-21' });
    await expect(again).rejects.toThrow('extended before');
    expect(await ledger.request('req_a')).toMatchObject({ extension: EXTENSION });
    await ledger.settle('me', 'req_a', CLOSING);
    expect(await ledger.request('req_a')).toMatchObject({ extension: EXTENSION, closing: CLOSING });
  });
});

describe('companions', () => {
  it('gives each request with a step at the call that has not ended, once', async () => {
    const { ledger } = await stage(['a', 'b', 'c']);
    const names = ['b', 'a', 'c'];
    await ledger.record('me', {
      at: T0,
      calls: [callFor('call_1', names)],
      steps: [
        ...names.map((name) => ({ id: `st_${name}_users`, patch: { callId: 'call_1' } })),
        { id: 'st_a_access', patch: { callId: 'call_1' } },
      ],
    });
    expect(await ledger.companions('call_1')).toEqual(['req_a', 'req_b', 'req_c']);
    await ledger.record('me', ended('b', T0));
    await ledger.record('me', { at: T0, steps: [{ id: 'st_c_users', patch: { callId: null } }] });
    expect(await ledger.companions('call_1')).toEqual(['req_a']);
    expect(await ledger.companions('call_none')).toEqual([]);
  });
});
