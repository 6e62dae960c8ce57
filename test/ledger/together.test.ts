import { describe, expect, it } from 'vitest';
import type { Group } from '../../src/ledger/ledger.ts';
import type { PlannedRequest, PlannedStep } from '../../src/requests/request.ts';
import type { Change } from '../../src/requests/transitions/change.ts';
import {
  ACCOUNTS,
  SENDBIRD,
  STREAM,
  T0,
  deletionFor,
  erasure,
  plan,
  restoration,
  stageOf,
} from './stage.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const OPTIONS = { user: 'hard', messages: 'hard' };
/** The same, written in another order. */
const SAME = { messages: 'hard', user: 'hard' };
const group = (batch: string | null = null, options: object = SAME): Group => ({
  operation: 'delete_users',
  options: { ...options },
  batch,
});
const query = (more = {}) => ({ at: T0, limit: 99, accounts: ACCOUNTS, ...more });
const ids = (due: readonly { step: { id: string } }[]) => due.map(({ step }) => step.id);

/** An erase of the Stream account alone. */
function account(name: string, options: object = OPTIONS): PlannedRequest {
  const [, step] = erasure(name).steps;
  return erasure(name, { steps: [{ ...step!, options: { ...options } }] });
}

/** An erase at Stream that nobody was seen for, unless `more` says otherwise of the account. */
function unseen(name: string, more: Partial<PlannedStep> = {}): PlannedRequest {
  const [feeds, users] = erasure(name).steps;
  const before = 'not_visible';
  return erasure(name, {
    steps: [
      { ...feeds!, before },
      { ...users!, before, ...more },
    ],
  });
}

/** The accounts of these are served by a call. */
function serve(names: readonly string[], callId: string): NonNullable<Change['steps']> {
  return names.map((name) => ({ id: `st_${name}_users`, patch: { callId } }));
}

describe('due', () => {
  it('gives only the operations asked for', async () => {
    const { ledger } = await stageOf([erasure('a'), plan('b'), restoration('c')]);
    const of = async (...operations: readonly string[]) =>
      ids(await ledger.due('me', query({ operations })));
    expect(await of('delete')).toEqual(['st_a_delete']);
    expect(await of('delete', 'access', 'delete')).toEqual(['st_a_delete', 'st_b_access']);
    expect(await of('restore_users')).toEqual(['st_c_restore']);
    expect(await of()).toEqual([]);
    await ledger.record('me', {
      at: T0,
      steps: [{ id: 'st_a_delete', patch: { nextAt: T0 + 5 } }],
    });
    expect(await ledger.nextDueAt('me', query({ operations: ['delete'] }))).toBe(T0 + 5);
    expect(await ledger.nextDueAt('me', query({ operations: ['access'] }))).toBeNull();
  });

  it('gives only the group asked for: same operation, same options, same batch', async () => {
    const { ledger } = await stageOf([...NAMES.map((name) => account(name)), account('x', {})]);
    await ledger.record('me', {
      at: T0,
      steps: [
        { id: 'st_b_users', patch: { batch: 'call_1/1' } },
        { id: 'st_c_users', patch: { batch: 'call_1/2', nextAt: T0 + 3 } },
      ],
    });
    const of = async (one: Group, more = {}) =>
      ids(await ledger.due('me', query({ group: one, ...more })));
    expect(await of(group())).toEqual(['st_a_users', 'st_d_users']);
    expect(await of(group('call_1/1'))).toEqual(['st_b_users']);
    expect(await of(group('call_1/2'))).toEqual([]);
    expect(await of(group(null, {}))).toEqual(['st_x_users']);
    expect(await of(group(null, { user: 'hard' }))).toEqual([]);
    expect(await of({ ...group(), operation: 'delete' })).toEqual([]);
    expect(await of(group(), { operations: ['delete_feeds'] })).toEqual([]);
    expect(await ledger.nextDueAt('me', query({ group: group('call_1/2') }))).toBe(T0 + 3);
    expect(await ledger.nextDueAt('me', query({ group: group() }))).toBeNull();
  });

  it('says whether anybody saw the subject, or this ledger erased it before', async () => {
    const { ledger } = await stageOf([
      unseen('a'),
      unseen('b', { before: 'visible' }),
      unseen('c', { earlier: 'req_old' }),
      unseen('d', { before: null }),
    ]);
    const due = await ledger.due('me', query({ operations: ['delete_feeds'] }));
    expect(due.map(({ known }) => known)).toEqual([false, true, true, false]);
    expect(due[1]?.subject).toEqual((await ledger.request('req_b'))?.subject);
  });
});

describe('isAwaited', () => {
  it('tells whether one of the group, held by the token, waits for another step', async () => {
    const { ledger } = await stageOf(['a', 'b'].map((name) => erasure(name)));
    const awaited = async (one: Group, token = 'me', at: string = STREAM) =>
      ledger.isAwaited(token, at, one);
    const users = group(null, { user: 'hard' });
    expect(await awaited(users)).toBe(true);
    expect(await awaited(users, 'other')).toBe(false);
    expect(await awaited(users, 'me', SENDBIRD)).toBe(false);
    expect(await awaited(group())).toBe(false);
    expect(await awaited({ ...users, batch: 'call_1/1' })).toBe(false);
    expect(await awaited({ ...users, operation: 'delete_feeds' })).toBe(false);
    for (const [name, left] of [
      ['a', true],
      ['b', false],
    ] as const) {
      await ledger.record('me', {
        at: T0,
        steps: [{ id: `st_${name}_feeds`, patch: { state: 'reported' } }],
      });
      expect(await awaited(users)).toBe(left);
    }
  });

  it('does not count a step in doubt that is left to the operator', async () => {
    const { ledger } = await stageOf([account('a')]);
    const patch = { state: 'in_doubt', blocked: true } as const;
    await ledger.record('me', { at: T0, steps: [{ id: 'st_a_users', patch }] });
    expect(await ledger.isAwaited('me', STREAM, group())).toBe(false);
  });
});

describe('stepsOf', () => {
  it('gives those that the call serves now and that have not ended, in the order of sending', async () => {
    const { ledger } = await stageOf(NAMES.map((name) => account(name)));
    const call = deletionFor('call_1', ['d', 'b', 'c', 'a']);
    await ledger.record('me', { at: T0, calls: [call], steps: serve(NAMES, 'call_1') });
    expect(ids(await ledger.stepsOf('call_1'))).toEqual(
      ['d', 'b', 'c', 'a'].map((name) => `st_${name}_users`),
    );
    await ledger.record('me', {
      at: T0,
      calls: [deletionFor('call_2', ['b'])],
      steps: [
        ...serve(['b'], 'call_2'),
        { id: 'st_c_users', patch: { state: 'not_found', finishedAt: T0 } },
        { id: 'st_a_users', patch: { nextAt: T0 + 99, blocked: true, state: 'in_doubt' } },
      ],
    });
    const served = await ledger.stepsOf('call_1');
    expect(ids(served)).toEqual(['st_d_users', 'st_a_users']);
    expect(served[0]).toMatchObject({ call, known: true, outDir: null });
    expect(served[1]?.call).toBe(served[0]?.call);
    expect(await ledger.stepsOf('call_0')).toEqual([]);
  });
});
