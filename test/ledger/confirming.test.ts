import { describe, expect, it } from 'vitest';
import { type Judge, LeaseLost } from '../../src/ledger/ledger.ts';
import { CONFIRMED_FOR } from '../../src/requests/confirmation.ts';
import type { Change } from '../../src/requests/transitions/change.ts';
import {
  ACCOUNTS,
  T0,
  YES,
  callFor,
  deletionFor,
  erasure,
  holder,
  plan,
  recordAll,
  restoration,
  stage,
  stageOf,
} from './stage.ts';

const carryOn: Judge = (_wanted, [first]) =>
  first === undefined ? { kind: 'record' } : { kind: 'carry', requestId: first.id };
const conflict: Judge = () => ({ kind: 'conflict', requestId: 'req_x' });
const query = (at = T0, more = {}) => ({ at, limit: 99, accounts: ACCOUNTS, ...more });
const ids = (due: readonly { step: { id: string } }[]) => due.map(({ step }) => step.id);

/** Another erase of what `a` is about. */
const again = (name: string) => erasure(name, { steps: erasure('a').steps });

describe('open', () => {
  it.each([erasure('a'), restoration('a')])(
    'records no $action that nobody confirmed',
    async (one) => {
      const { ledger } = await stage();
      await expect(ledger.open([plan('b'), one], recordAll, T0)).rejects.toThrow('confirmed');
      expect(await ledger.list({})).toEqual([]);
    },
  );

  it('records who confirmed, how and when together with the request, and nothing of it for an export', async () => {
    const { ledger, raw } = await stageOf([erasure('a'), plan('b')]);
    expect(await ledger.request('req_a')).toMatchObject({ confirmedAt: T0 });
    expect(await ledger.request('req_b')).toMatchObject({ confirmedAt: null });
    expect(raw().prepare('SELECT * FROM confirmations').all()).toEqual([
      { request_id: 'req_a', ordinal: 1, at: T0, operator: 'jane', how: 'typed' },
    ]);
    const events = raw().prepare(`SELECT * FROM events WHERE kind = 'confirmed'`).all();
    expect(events).toMatchObject([
      { request_id: 'req_a', at: T0, sha256: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    ]);
    expect(JSON.stringify(events)).not.toContain('jane');
  });

  it('confirms what is carried on anew, once, and nothing when one is in conflict', async () => {
    const { ledger, raw } = await stageOf([erasure('a')]);
    await ledger.open([again('b'), again('c')], carryOn, T0 + 5, { operator: 'joe', how: 'flag' });
    expect(await ledger.request('req_a')).toMatchObject({ confirmedAt: T0 + 5 });
    await ledger.open([again('b')], conflict, T0 + 6, YES);
    expect(await ledger.request('req_a')).toMatchObject({ confirmedAt: T0 + 5 });
    expect(raw().prepare('SELECT ordinal, operator, how FROM confirmations').all()).toEqual([
      { ordinal: 1, operator: 'jane', how: 'typed' },
      { ordinal: 2, operator: 'joe', how: 'flag' },
    ]);
  });

  it('confirms a request once that it records and that another of the same call joins', async () => {
    const { ledger, raw } = await stage();
    const twice = [erasure('a'), again('b')];
    await ledger.open(twice, carryOn, T0, YES);
    expect(raw().prepare('SELECT count(*) AS n FROM confirmations').get()).toEqual({ n: 1 });
  });

  it('confirms no export that is carried on', async () => {
    const { ledger } = await stage(['a']);
    await ledger.open([plan('b', { steps: plan('a').steps })], carryOn, T0 + 1, YES);
    expect(await ledger.request('req_a')).toMatchObject({ confirmedAt: null });
  });
});

describe('confirm', () => {
  it('counts from now, by the clock of the ledger', async () => {
    const { ledger, clock, raw } = await stageOf([erasure('a'), erasure('b')]);
    clock.advance(9_000);
    await ledger.confirm('me', ['req_a', 'req_a'], { operator: 'joe', how: 'answered' });
    expect(await ledger.request('req_a')).toMatchObject({ confirmedAt: T0 + 9_000 });
    expect(await ledger.request('req_b')).toMatchObject({ confirmedAt: T0 });
    const rows = raw().prepare(`SELECT how FROM confirmations WHERE request_id = 'req_a'`);
    expect(rows.all()).toEqual([{ how: 'typed' }, { how: 'answered' }]);
  });

  it('confirms none when one is held by another', async () => {
    const { ledger, clock } = await stageOf([erasure('a'), erasure('b')]);
    await ledger.release(holder('me'));
    await ledger.take(['req_a'], holder('me'), T0);
    clock.advance(9_000);
    const both = ledger.confirm('me', ['req_a', 'req_b'], YES);
    await expect(both).rejects.toBeInstanceOf(LeaseLost);
    expect(await ledger.request('req_a')).toMatchObject({ confirmedAt: T0 });
  });
});

describe('a confirmation that has run out', () => {
  it('keeps deletions and restores that are planned from being due, and nothing else', async () => {
    const { ledger } = await stageOf([erasure('a'), restoration('r'), plan('x')]);
    const exports = ['st_x_users', 'st_x_access'];
    const sent = ['st_a_feeds', 'st_a_delete', 'st_r_restore'];
    const last = T0 + CONFIRMED_FOR - 1;
    expect(ids(await ledger.due('me', query(last)))).toEqual([...sent, ...exports]);
    expect(ids(await ledger.due('me', query(last + 1)))).toEqual(exports);
    await ledger.record('me', {
      at: T0,
      steps: [{ id: 'st_a_feeds', patch: { state: 'accepted', nextAt: T0 + 5 } }],
    });
    expect(ids(await ledger.due('me', query(last + 1)))).toEqual([...exports, 'st_a_feeds']);
  });

  it('leaves nothing to wait for, and its own end is nothing to wait for either', async () => {
    const { ledger, clock } = await stageOf([erasure('a')]);
    await ledger.record('me', {
      at: T0,
      steps: ['feeds', 'delete'].map((name) => ({
        id: `st_a_${name}`,
        patch: { nextAt: T0 + 2 * CONFIRMED_FOR },
      })),
    });
    expect(await ledger.nextDueAt('me', query())).toBe(T0 + 2 * CONFIRMED_FOR);
    const late = query(T0 + CONFIRMED_FOR);
    expect(await ledger.nextDueAt('me', late)).toBeNull();
    clock.advance(CONFIRMED_FOR);
    await ledger.confirm('me', ['req_a'], YES);
    expect(await ledger.nextDueAt('me', late)).toBe(T0 + 2 * CONFIRMED_FOR);
  });
});

/** The accounts of `a` and `b` are deleted in one call. */
function together(at: number): Change {
  return {
    at,
    calls: [deletionFor('call_1', ['a', 'b'])],
    steps: [{ id: 'st_a_users', patch: { state: 'intended', callId: 'call_1' } }],
  };
}

describe('a call that deletes or restores', () => {
  const LATE = T0 + CONFIRMED_FOR;

  it('is refused when one of the requests it serves is not confirmed, and nothing is written', async () => {
    const { ledger, clock } = await stageOf([erasure('a'), erasure('b')]);
    clock.advance(9);
    await ledger.confirm('me', ['req_a'], YES);
    await expect(ledger.record('me', together(LATE))).rejects.toThrow('req_b is not confirmed');
    expect(await ledger.calls('req_a')).toEqual([]);
    await ledger.record('me', together(LATE - 1));
    expect(await ledger.calls('req_b')).toHaveLength(1);
  });

  it('goes by the event and not by the column', async () => {
    const { ledger, raw } = await stageOf([erasure('a')]);
    raw().exec(`UPDATE requests SET confirmed_at = ${LATE}`);
    const calls = [deletionFor('call_1', ['a'])];
    await expect(ledger.record('me', { at: LATE, calls })).rejects.toThrow('not confirmed');
  });

  it('may be adopted at any time: it was sent long ago', async () => {
    const { ledger } = await stageOf([erasure('a')]);
    await ledger.record('me', { at: T0, calls: [deletionFor('call_1', ['a'])] });
    const adopted = deletionFor('call_2', ['a'], { state: 'accepted', replaces: 'call_1' });
    await ledger.record('me', { at: LATE, calls: [adopted] });
    expect(await ledger.calls('req_a')).toHaveLength(2);
  });

  it('is no export: that needs nobody to confirm it', async () => {
    const { ledger } = await stage(['a']);
    await ledger.record('me', { at: LATE, calls: [callFor('call_1', ['a'])] });
    expect(await ledger.calls('req_a')).toHaveLength(1);
  });
});
