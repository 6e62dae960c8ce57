import { StatementSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ProcessIdentity } from '../../src/host/host.ts';
import { LeaseLost, type Ledger } from '../../src/ledger/ledger.ts';
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
  recordAll,
  stage,
  stageOf,
} from './stage.ts';

const MINUTE = 60_000;

/** A second process on the same file, which sees others as alive or dead. */
async function second(
  folder: string,
  alive: boolean | ((one: ProcessIdentity) => boolean),
): Promise<Ledger> {
  const isAlive = typeof alive === 'boolean' ? () => alive : alive;
  return openLedger(folder, { ...deps(), isAlive, process: { ...HERE, pid: 2 } });
}
const other = holder('other', { pid: 2 });

describe('take', () => {
  it('takes what is free or already ours, and nothing that is unknown', async () => {
    const { ledger } = await stage(['a', 'b']);
    expect(await ledger.take(['req_a', 'req_zzz', 'req_b'], holder('me'), T0)).toEqual([
      'req_a',
      'req_b',
    ]);
    await ledger.release(holder('me'));
    expect(await ledger.take(['req_a'], other, T0)).toEqual(['req_a']);
    expect(await ledger.take(['req_a', 'req_b'], holder('me'), T0)).toEqual(['req_b']);
  });

  it('leaves the requests of a living holder until its lease runs out', async () => {
    const { ledger, folder } = await stage(['a']);
    const rival = await second(folder, true);
    expect(await rival.take(['req_a'], other, T0 + MINUTE - 1)).toEqual([]);
    expect(await rival.heldByOthers(['req_a'], 'other', T0 + MINUTE - 1)).toEqual([
      { requestId: 'req_a', process: HERE },
    ]);
    await ledger.renew(holder('me'), T0 + 1_000);
    expect(await rival.take(['req_a'], other, T0 + MINUTE)).toEqual([]);
    expect(await rival.heldByOthers(['req_a'], 'other', T0 + MINUTE + 1_000)).toEqual([]);
    expect(await rival.take(['req_a'], other, T0 + MINUTE + 1_000)).toEqual(['req_a']);
    await rival.close();
  });

  it('takes those of a dead holder at once', async () => {
    const { folder } = await stage(['a', 'b']);
    const asked: ProcessIdentity[] = [];
    const rival = await second(folder, (process) => {
      asked.push(process);
      return false;
    });
    expect(await rival.heldByOthers(['req_a'], 'other', T0)).toEqual([]);
    expect(await rival.take(['req_a', 'req_b'], other, T0)).toEqual(['req_a', 'req_b']);
    expect(asked).toEqual([HERE, HERE]);
    await rival.close();
  });

  it('takes those of a holder from before a reboot, though its pid is in use', async () => {
    const { folder } = await stage(['a']);
    const rival = await second(folder, true);
    expect(await rival.take(['req_a'], holder('other', { boot: 'boot-2' }), T0)).toEqual(['req_a']);
    await rival.close();
  });

  it('cannot look at a process of another machine, and waits', async () => {
    const { folder } = await stage(['a']);
    const rival = await second(folder, () => {
      throw new Error('must not be asked');
    });
    const far = holder('far', { host: 'elsewhere', boot: 'other' });
    expect(await rival.take(['req_a'], far, T0 + 1)).toEqual([]);
    expect(await rival.take(['req_a'], far, T0 + MINUTE)).toEqual(['req_a']);
    await rival.close();
  });

  it('gives the loser LeaseLost at its next write, and due steps only to the winner', async () => {
    const { ledger, folder } = await stage(['a']);
    const rival = await second(folder, false);
    await rival.take(['req_a'], other, T0);
    const query = { at: T0, limit: 9, accounts: ['stream:key@https://stream.test'] };
    expect(await ledger.due('me', query)).toEqual([]);
    expect(await rival.due('other', query)).toHaveLength(1);
    await ledger.renew(holder('me'), T0 + MINUTE);
    await expect(finish(ledger, 'a', T0)).rejects.toBeInstanceOf(LeaseLost);
    expect(await rival.take(['req_a'], other, T0)).toEqual(['req_a']);
    await rival.close();
  });

  it('lets only one of two have it when both ask at once', async () => {
    const { ledger, folder } = await stage(['a', 'b']);
    await ledger.release(holder('me'));
    const rival = await second(folder, true);
    const [mine, theirs] = await Promise.all([
      ledger.take(['req_a', 'req_b'], holder('me'), T0),
      rival.take(['req_a', 'req_b'], other, T0),
    ]);
    expect([...mine, ...theirs].toSorted()).toEqual(['req_a', 'req_b']);
    await rival.close();
  });
});

describe('release', () => {
  it('gives everything back and forgets the holder', async () => {
    const { ledger, raw } = await stage(['a', 'b']);
    await ledger.release(holder('me'));
    expect(await ledger.heldByOthers(['req_a', 'req_b'], 'x', T0)).toEqual([]);
    expect(raw().prepare('SELECT count(*) AS n FROM holders').get()).toEqual({ n: 0 });
    await expect(finish(ledger, 'a', T0)).rejects.toBeInstanceOf(LeaseLost);
  });
});

/** Erases of which those named together share a call; nobody holds them. */
async function sharing(...calls: readonly (readonly string[])[]): Promise<Stage> {
  const names = [...new Set(calls.flat())];
  const there = await stageOf(names.map((name) => erasure(name)));
  for (const [index, together] of calls.entries()) {
    const id = `call_${index}`;
    const step = index === 0 ? 'users' : 'delete';
    await there.ledger.record('me', {
      at: T0,
      calls: [deletionFor(id, together, { stepIds: together.map((name) => `st_${name}_${step}`) })],
      steps: together.map((name) => ({
        id: `st_${name}_${step}`,
        patch: { state: 'intended', callId: id },
      })),
    });
  }
  await there.ledger.release(holder('me'));
  return there;
}

const held = async (ledger: Ledger, names: readonly string[]) =>
  (
    await ledger.heldByOthers(
      names.map((name) => `req_${name}`),
      'nobody',
      T0,
    )
  ).map(({ requestId }) => requestId);

describe('requests that share a call which has not ended', () => {
  it('are taken together, and only those asked for are told', async () => {
    const { ledger } = await sharing(['a', 'b', 'c']);
    await ledger.open([erasure('z')], recordAll, T0, YES);
    expect(await ledger.take(['req_b', 'req_b'], other, T0)).toEqual(['req_b', 'req_b']);
    expect(await held(ledger, ['a', 'b', 'c', 'z'])).toEqual(['req_a', 'req_b', 'req_c']);
  });

  it('are left together when a living other holds one of them', async () => {
    const { ledger, raw } = await sharing(['a', 'b', 'c']);
    await ledger.open([erasure('z')], recordAll, T0, YES);
    await ledger.take(['req_z'], other, T0);
    raw().exec(`UPDATE requests SET lease_token = 'other' WHERE id = 'req_c'`);
    expect(await ledger.take(['req_a', 'req_b', 'req_z'], holder('me'), T0)).toEqual([]);
    expect(await held(ledger, ['a', 'b', 'c'])).toEqual(['req_c']);
    expect(await ledger.take(['req_a'], other, T0)).toEqual(['req_a']);
    expect(await held(ledger, ['a', 'b', 'c'])).toEqual(['req_a', 'req_b', 'req_c']);
  });

  it('draw in those with whom these share another call', async () => {
    const { ledger } = await sharing(['a', 'b'], ['b', 'c']);
    expect(await ledger.take(['req_a'], other, T0)).toEqual(['req_a']);
    expect(await held(ledger, ['a', 'b', 'c'])).toEqual(['req_a', 'req_b', 'req_c']);
  });

  it('go their own ways once their steps of it have ended', async () => {
    const { ledger } = await sharing(['a', 'b', 'c']);
    await ledger.take(['req_a'], holder('me'), T0);
    await ledger.record('me', {
      at: T0,
      steps: [{ id: 'st_a_users', patch: { state: 'succeeded', finishedAt: T0 } }],
    });
    await ledger.release(holder('me'));
    await ledger.take(['req_a'], other, T0);
    expect(await held(ledger, ['a', 'b', 'c'])).toEqual(['req_a']);
    expect(await ledger.take(['req_b'], holder('me'), T0)).toEqual(['req_b']);
    expect(await held(ledger, ['a', 'b', 'c'])).toEqual(['req_a', 'req_b', 'req_c']);
  });

  it('are found with a few looks each, however many ask', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `n${index}`);
    const { ledger } = await sharing(names.slice(0, 100), names);
    const prepare = vi.spyOn(StatementSync.prototype, 'all');
    onTestFinished(() => prepare.mockRestore());
    const ids = names.map((name) => `req_${name}`);
    expect(await ledger.take(ids, other, T0)).toEqual(ids);
    expect(prepare.mock.calls.length).toBeLessThan(2 * names.length);
  });
});
