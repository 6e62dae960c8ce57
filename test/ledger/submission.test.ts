import { describe, expect, it } from 'vitest';
import type { Judge } from '../../src/ledger/ledger.ts';
import { STREAM, T0, YES, erasure, finish, plan, recordAll, stage, stageOf } from './stage.ts';

/** Carries on what stands, whatever it is. */
const carryOn: Judge = (_wanted, [first]) =>
  first === undefined ? { kind: 'record' } : { kind: 'carry', requestId: first.id };
const step = plan('a').steps[0]!;
const againstB: Judge = (wanted) =>
  wanted.id === 'req_b' ? { kind: 'conflict', requestId: 'req_x' } : { kind: 'record' };
const throwingAtB: Judge = (wanted) => {
  if (wanted.id === 'req_b') throw new Error('no verdict');
  return { kind: 'record' };
};

const TABLES = ['requests', 'steps', 'events', 'confirmations'];

describe('open judges', () => {
  it('in view of the unsettled requests of the same account and id, and no others', async () => {
    const { ledger } = await stage(['a', 'b', 'c']);
    await finish(ledger, 'b', T0);
    await ledger.record('me', {
      at: T0,
      steps: [{ id: 'st_c_users', patch: { state: 'in_doubt' } }],
    });
    const seen: string[][] = [];
    const judge: Judge = (_wanted, standing) => {
      seen.push(standing.map(({ id }) => id));
      return { kind: 'record' };
    };
    const like = (name: string, account = STREAM) =>
      plan(`${name}2`, {
        steps: [{ ...step, id: `st_${name}${account}`, account, subjectId: `user ${name}` }],
      });
    await ledger.open([like('a'), like('b'), like('c')], judge, T0);
    await ledger.open(
      [plan('z', { steps: [{ ...step, id: 'st_z', account: 'stream:other@x' }] })],
      judge,
      T0,
    );
    expect(seen).toEqual([['req_a'], [], ['req_c'], []]);
  });

  it('each in view of those before it in the same call', async () => {
    const { ledger } = await stage();
    const twice = [plan('a'), plan('b', { steps: [{ ...step, id: 'st_b' }] })];
    const opened = await ledger.open(twice, carryOn, T0);
    expect(opened.map(({ verdict }) => verdict)).toEqual([
      { kind: 'record' },
      { kind: 'carry', requestId: 'req_a' },
    ]);
    expect(await ledger.list({})).toHaveLength(1);
  });

  it('and records nothing at all when one is in conflict, with every verdict told', async () => {
    const { ledger } = await stage(['x']);
    const [opened] = await Promise.all([
      ledger.open([plan('a'), plan('b'), plan('c')], againstB, T0),
      ledger.open([plan('d')], recordAll, T0),
    ]);
    expect(opened.map(({ verdict }) => verdict.kind)).toEqual(['record', 'conflict', 'record']);
    expect((await ledger.list({})).map(({ id }) => id)).toEqual(['req_d', 'req_x']);
  });

  it('and records nothing when the judge throws or an id is taken', async () => {
    const { ledger } = await stage(['x']);
    await expect(ledger.open([plan('a'), plan('b')], throwingAtB, T0)).rejects.toThrow(
      'no verdict',
    );
    await expect(ledger.open([plan('a'), plan('x')], recordAll, T0)).rejects.toThrow('UNIQUE');
    expect(await ledger.list({})).toHaveLength(1);
    await ledger.open([plan('a')], recordAll, T0);
    expect(await ledger.request('req_a')).not.toBeNull();
  });
});

describe('weigh', () => {
  it('gives the verdicts that open would give, and records nothing', async () => {
    const { ledger, raw } = await stageOf([erasure('x')]);
    const wanted = [
      erasure('a'),
      erasure('b', { steps: erasure('a').steps }),
      erasure('x2', { steps: erasure('x').steps }),
    ];
    const before = Object.fromEntries(
      TABLES.map((table) => [table, raw().prepare(`SELECT * FROM ${table}`).all()]),
    );
    const weighed = await ledger.weigh(wanted, carryOn);
    expect(weighed.map(({ verdict }) => verdict)).toEqual([
      { kind: 'record' },
      { kind: 'carry', requestId: 'req_a' },
      { kind: 'carry', requestId: 'req_x' },
    ]);
    for (const table of TABLES) {
      expect([table, raw().prepare(`SELECT * FROM ${table}`).all()]).toEqual([
        table,
        before[table],
      ]);
    }
    expect(await ledger.open(wanted, carryOn, T0, YES)).toEqual(weighed);
  });

  it('tells every verdict where one is a conflict, and leaves what others write in the same turn', async () => {
    const { ledger } = await stage(['x']);
    const [weighed] = await Promise.all([
      ledger.weigh([plan('a'), plan('b'), plan('c')], againstB),
      ledger.open([plan('d')], recordAll, T0),
    ]);
    expect(weighed.map(({ verdict }) => verdict.kind)).toEqual(['record', 'conflict', 'record']);
    await expect(ledger.weigh([plan('a'), plan('b')], throwingAtB)).rejects.toThrow('no verdict');
    expect((await ledger.list({})).map(({ id }) => id)).toEqual(['req_d', 'req_x']);
  });
});
