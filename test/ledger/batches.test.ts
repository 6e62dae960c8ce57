import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestFilter } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/sqlite.ts';
import {
  HERE,
  type Stage,
  T0,
  YES,
  deletionFor,
  deps,
  erasure,
  finish,
  holder,
  plan,
  recordAll,
  stage,
  stageOf,
} from './stage.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const FAILED = { state: 'failed', finishedAt: T0 } as const;

function fail({ ledger }: Stage, name: string): Promise<void> {
  const steps = ['users', 'access'].map((step) => ({ id: `st_${name}_${step}`, patch: FAILED }));
  return ledger.record('me', { at: T0, steps });
}

/** All pages of a walk; `between` is called after each with what it brought. */
async function walk(
  { ledger }: Stage,
  filter: RequestFilter,
  limit: number,
  between: (ids: readonly string[]) => Promise<void> = async () => undefined,
): Promise<string[]> {
  const seen: string[] = [];
  let after: number | null = null;
  do {
    const { ids, next } = await ledger.page(filter, after, limit);
    expect(ids.length).toBeLessThanOrEqual(limit);
    expect(seen.length).toBeLessThan(99);
    seen.push(...ids);
    await between(ids);
    after = next;
  } while (after !== null);
  return seen;
}

describe('identified', () => {
  it('gives the newest request of each identity that there is', async () => {
    const { ledger } = await stageOf([
      erasure('a', { identity: 'row 1' }),
      erasure('b', { identity: 'row 2' }),
      erasure('c', { identity: null }),
      erasure('d'),
    ]);
    const again = plan('e', { identity: 'row 1' });
    // Recorded later, though the clock went back.
    await ledger.open([again], recordAll, T0 - 5);
    const steps = ['feeds', 'users', 'delete'].map((step) => ({
      id: `st_b_${step}`,
      patch: { state: 'not_found', finishedAt: T0 + 7 } as const,
    }));
    await ledger.record('me', { at: T0 + 7, steps });
    const found = await ledger.identified(['row 2', 'row 9', 'row 1', 'row 1', 'null', '']);
    expect(found).toEqual(
      new Map([
        ['row 1', { requestId: 'req_e', state: 'open', finishedAt: null, isUndone: false }],
        ['row 2', { requestId: 'req_b', state: 'not_found', finishedAt: T0 + 7, isUndone: false }],
      ]),
    );
  });

  it('keeps nothing of the row but its SHA-256', async () => {
    const identity = '["erase","hard","somebody"]';
    const { raw } = await stageOf([erasure('a', { identity }), erasure('b')]);
    expect(raw().prepare('SELECT identity FROM requests ORDER BY ordinal').all()).toEqual([
      { identity: createHash('sha256').update(identity).digest('hex') },
      { identity: null },
    ]);
  });
});

describe('page', () => {
  it('gives what the filter matches, in the order of recording', async () => {
    const set = await stage(NAMES);
    for (const name of ['b', 'e']) await fail(set, name);
    await finish(set.ledger, 'f', T0);
    await set.ledger.open([plan('h', { reference: 'other', dueOn: '2027-01-01' })], recordAll, 5);
    const of = async (filter: RequestFilter) =>
      (await walk(set, filter, 2)).map((id) => id.replace('req_', '')).join('');
    expect(await of({})).toBe('abcdefgh');
    expect(await of({ unfinished: true })).toBe('acdfgh');
    expect(await of({ states: ['failed', 'partial'] })).toBe('be');
    expect(await of({ states: ['failed', 'open', 'failed'] })).toBe('abcdegh');
    expect(await of({ reference: 'other' })).toBe('h');
    expect(await of({ dueBy: '2026-12-31', states: ['open'] })).toBe('acdg');
    expect(await of({ actions: ['erase'] })).toBe('');
    expect(await of({ ids: ['req_h', 'req_b', 'req_x', 'req_a'] })).toBe('abh');
    expect(await of({ ids: ['req_b', 'req_a'], states: ['failed'] })).toBe('b');
    expect(await of({ user: 'user c' })).toBe('c');
  });

  it('names a next page only where this one is full', async () => {
    const { ledger } = await stage(NAMES);
    expect(await ledger.page({}, null, 7)).toMatchObject({ next: 7 });
    expect(await ledger.page({}, 7, 7)).toEqual({ ids: [], next: null });
    expect(await ledger.page({}, null, 8)).toMatchObject({ next: null });
  });

  it('brings each once and leaves none out, whatever ends or begins anew between the pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.constantFrom(...NAMES), { maxLength: 4 }), { maxLength: 7 }),
        fc.integer({ min: 1, max: 3 }),
        async (turns, limit) => {
          const set = await stage(NAMES);
          const changed = new Set<string>();
          const left = [...turns];
          const ids = await walk(set, { unfinished: true }, limit, async () => {
            for (const name of left.shift() ?? []) {
              const id = `st_${name}_users`;
              changed.add(`req_${name}`);
              const ended = (await set.ledger.brief([`req_${name}`]))[0]?.state !== 'open';
              if (!ended) await fail(set, name);
              else {
                const patch = { state: 'planned', finishedAt: null } as const;
                await set.ledger.record('me', { at: T0, steps: [{ id, patch }] });
              }
            }
          });
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids).toEqual(ids.toSorted());
          for (const name of NAMES.filter((each) => !changed.has(`req_${each}`))) {
            expect(ids).toContain(`req_${name}`);
          }
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe('brief', () => {
  it('tells how requests stand, in the order asked for, each time it is asked', async () => {
    const set = await stage(['a', 'b', 'c']);
    await fail(set, 'a');
    await finish(set.ledger, 'b', T0 + 2);
    const ids = ['req_b', 'req_x', 'req_a', 'req_b', 'req_c'];
    const b = { id: 'req_b', state: 'completed', finishedAt: T0 + 2, sealed: false, onWord: false };
    const heads = async (): Promise<string[]> =>
      (await set.ledger.brief(['req_b'])).map(({ head }) => head);
    expect(await set.ledger.brief(ids)).toMatchObject([
      b,
      { id: 'req_a', state: 'failed', finishedAt: T0, sealed: true, onWord: false },
      b,
      { id: 'req_c', state: 'open', finishedAt: null, sealed: false, onWord: false },
    ]);
    await set.ledger.seal('me', 'req_b');
    const before = await heads();
    expect(await set.ledger.brief(['req_b'])).toEqual([{ ...b, sealed: true, head: before[0] }]);
    expect(await set.ledger.brief([])).toEqual([]);
    const note = "done on Stream's word: check the id";
    await set.ledger.record('me', { at: T0, steps: [{ id: 'st_b_users', patch: { note } }] });
    expect(await set.ledger.brief(['req_b'])).toMatchObject([{ ...b, onWord: true }]);
  });
});

describe('releaseEnded', () => {
  it('gives back what has ended and is sealed, and says how much is left', async () => {
    const set = await stage(['a', 'b', 'c', 'd']);
    const { ledger, folder } = set;
    expect(await ledger.releaseEnded(holder('me'))).toBe(4);
    await fail(set, 'a');
    await finish(ledger, 'b', T0);
    await finish(ledger, 'c', T0);
    await ledger.seal('me', 'req_c');
    expect(await ledger.releaseEnded(holder('me'))).toBe(2);
    const rival = await openLedger(folder, { ...deps(), process: { ...HERE, pid: 2 } });
    const all = ['a', 'b', 'c', 'd'].map((name) => `req_${name}`);
    expect(await rival.take(all, holder('other', { pid: 2 }), T0)).toEqual(['req_a', 'req_c']);
    await rival.close();
    await expect(fail(set, 'c')).rejects.toMatchObject({ name: 'LeaseLost' });
    await ledger.seal('me', 'req_b');
    expect(await ledger.releaseEnded(holder('me'))).toBe(1);
    await fail(set, 'd');
    expect(await ledger.releaseEnded(holder('me'))).toBe(0);
    expect(await ledger.releaseEnded(holder('nobody'))).toBe(0);
    // The token is good for the next page.
    await ledger.open([plan('e')], recordAll, T0);
    expect(await ledger.take(['req_e'], holder('me'), T0)).toEqual(['req_e']);
    await ledger.renew(holder('me'), T0);
    await fail(set, 'e');
  });

  it('keeps one that was closed by hand while a call of its goes on with others', async () => {
    const { ledger } = await stageOf([erasure('a'), erasure('b')]);
    const steps = ['a', 'b'].map((name) => ({
      id: `st_${name}_users`,
      patch: { state: 'intended', callId: 'call_1' } as const,
    }));
    const feeds = ['a', 'b'].map((name) => ({
      id: `st_${name}_feeds`,
      patch: { state: 'succeeded', finishedAt: T0 } as const,
    }));
    await ledger.record('me', { at: T0, steps: feeds });
    await ledger.record('me', { at: T0, calls: [deletionFor('call_1', ['a', 'b'])], steps });
    await ledger.settle('me', 'req_b', { reason: 'r', operator: 'o', at: T0 });
    expect(await ledger.releaseEnded(holder('me'))).toBe(2);
    const ended = { state: 'succeeded', finishedAt: T0 + 1 } as const;
    await ledger.record('me', {
      at: T0 + 1,
      callPatches: [{ id: 'call_1', patch: { providerStatus: 'completed' } }],
      steps: [
        { id: 'st_a_users', patch: ended },
        { id: 'st_b_users', patch: ended },
        { id: 'st_b_delete', patch: ended },
      ],
    });
    expect(await ledger.releaseEnded(holder('me'))).toBe(1);
    await ledger.confirm('me', ['req_a'], YES);
  });
});
