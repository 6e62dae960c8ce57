import { describe, expect, it } from 'vitest';
import { openLedger } from '../../src/ledger/sqlite.ts';
import type { Change } from '../../src/requests/transitions/change.ts';
import { HERE, T0, YES, deletionFor, deps, erasure, holder, stageOf } from './stage.ts';

const at = T0 + 1;
const ended = { state: 'succeeded', finishedAt: at } as const;

function feeds(name: string, patch: NonNullable<Change['steps']>[number]['patch']): Change {
  return { at, steps: [{ id: `st_${name}_feeds`, patch }] };
}

describe('what a ledger remembers of the requests that it wrote to', () => {
  it('is as the file has it after another process has worked on them', async () => {
    const { ledger, folder } = await stageOf([erasure('a')]);
    await ledger.record('me', feeds('a', { state: 'intended' }));
    await ledger.release(holder('me'));
    const rival = await openLedger(folder, { ...deps(), process: { ...HERE, pid: 2 } });
    const other = holder('other', { pid: 2 });
    await rival.take(['req_a'], other, T0);
    await rival.record('other', feeds('a', { state: 'failed', finishedAt: at }));
    await rival.release(other);
    await rival.close();
    expect(await ledger.take(['req_a'], holder('me'), T0)).toEqual(['req_a']);
    await ledger.record('me', { at, steps: [{ id: 'st_a_delete', patch: ended }] });
    const request = await ledger.request('req_a');
    expect(request).toMatchObject({ state: 'partial', ledger: { sequence: 10 } });
    expect(request?.steps.map(({ state }) => state)).toEqual(['failed', 'not_sent', 'succeeded']);
  });

  it('is as the file has it after another process changed what no event tells of', async () => {
    const { ledger, folder } = await stageOf([erasure('a')]);
    await ledger.record('me', feeds('a', ended));
    await ledger.release(holder('me'));
    const rival = await openLedger(folder, { ...deps(), process: { ...HERE, pid: 2 } });
    const other = holder('other', { pid: 2 });
    await rival.take(['req_a'], other, T0);
    await rival.record('other', feeds('a', { whole: false }));
    await rival.release(other);
    await rival.close();
    await ledger.take(['req_a'], holder('me'), T0);
    const steps = ['users', 'delete'].map((one) => ({ id: `st_a_${one}`, patch: ended }));
    await ledger.record('me', { at, steps });
    expect(await ledger.request('req_a')).toMatchObject({ state: 'partial' });
  });

  it('has nothing of a change that was not written', async () => {
    const { ledger } = await stageOf([erasure('a'), erasure('b')]);
    await ledger.record('me', feeds('a', { state: 'intended' }));
    const call = deletionFor('call_1', ['a']);
    const results = await Promise.allSettled([
      ledger.record('me', feeds('b', { state: 'intended' })),
      ledger.record('me', {
        at,
        calls: [call],
        steps: [
          { id: 'st_a_feeds', patch: ended },
          { id: 'st_a_users', patch: { ...ended, callId: 'call_of_nobody' } },
        ],
      }),
      ledger.record('me', feeds('b', { state: 'accepted' })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await ledger.record('me', feeds('a', { state: 'accepted' }));
    const [a, b] = [await ledger.request('req_a'), await ledger.request('req_b')];
    expect(a).toMatchObject({ state: 'open', ledger: { sequence: 7 } });
    expect(a?.steps.map(({ state }) => state)).toEqual(['accepted', 'planned', 'planned']);
    expect(b).toMatchObject({ ledger: { sequence: 7 } });
    expect(await ledger.calls('req_a')).toEqual([]);
  });

  it('takes part in sealing, closing and confirming', async () => {
    const outDir = '/exports';
    const { ledger } = await stageOf([erasure('a', { outDir }), erasure('b')]);
    const steps = ['feeds', 'users', 'delete'].map((one) => ({ id: `st_a_${one}`, patch: ended }));
    await ledger.record('me', { at, steps });
    const artifact = { path: 'p', bytes: 1, sha256: 'ab', format: 'json', records: 1 } as const;
    await ledger.record('me', { at, artifacts: [{ stepId: 'st_a_feeds', artifact }] });
    expect(await ledger.request('req_a')).toMatchObject({ sealed: false });
    await ledger.seal('me', 'req_a');
    expect(await ledger.request('req_a')).toMatchObject({ sealed: true });
    await ledger.record('me', feeds('a', { after: 'visible' }));
    expect(await ledger.request('req_a')).toMatchObject({ sealed: false });
    await ledger.seal('me', 'req_a');
    await ledger.confirm('me', ['req_b', 'req_b'], { ...YES, how: 'answered' });
    await ledger.settle('me', 'req_b', { reason: 'r', operator: 'o', at });
    await ledger.record('me', feeds('b', ended));
    expect(await ledger.request('req_b')).toMatchObject({ state: 'closed', confirmedAt: T0 });
    expect(await ledger.request('req_a')).toMatchObject({ sealed: true, state: 'completed' });
  });
});
