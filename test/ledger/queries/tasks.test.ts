import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/requests/transitions/change.ts';
import { SENDBIRD, STREAM, T0, erasure, plan, restoration, stageOf } from '../stage.ts';

/** Every deletion of an erase succeeds. */
function end(name: string, at: number): Change {
  const steps = ['feeds', 'users', 'delete'].map((what) => ({
    id: `st_${name}_${what}`,
    patch: { state: 'succeeded', finishedAt: at } as const,
  }));
  return { at, steps };
}

describe('erasures', () => {
  it('gives the deletions that succeeded for these subjects at the account, oldest first', async () => {
    const names = ['a', 'b', 'c'];
    const { ledger } = await stageOf(names.map((name) => erasure(name)));
    await ledger.record('me', end('b', T0 + 1));
    await ledger.record('me', end('a', T0 + 2));
    await ledger.record('me', end('c', T0 + 3));
    expect(await ledger.erasures(SENDBIRD, ['user a', 'user b', 'user a', 'User c'])).toEqual([
      {
        subjectId: 'user b',
        requestId: 'req_b',
        operation: 'delete',
        options: { channel_delete_option: 'do_not_delete' },
        before: 'not_visible',
        finishedAt: T0 + 1,
      },
      {
        subjectId: 'user a',
        requestId: 'req_a',
        operation: 'delete',
        options: { channel_delete_option: 'do_not_delete' },
        before: 'not_visible',
        finishedAt: T0 + 2,
      },
    ]);
    const atStream = await ledger.erasures(STREAM, ['user c', 'user a']);
    expect(atStream.map(({ requestId, operation }) => [requestId, operation])).toEqual([
      ['req_a', 'delete_feeds'],
      ['req_a', 'delete_users'],
      ['req_c', 'delete_feeds'],
      ['req_c', 'delete_users'],
    ]);
    expect(await ledger.erasures(STREAM, [])).toEqual([]);
    expect(await ledger.erasures('stream:other@x', ['user a'])).toEqual([]);
  });

  it('counts nothing that did not succeed, and nothing but deletions', async () => {
    const { ledger } = await stageOf([erasure('a'), restoration('b'), plan('c')]);
    const done = { state: 'succeeded', finishedAt: T0 } as const;
    await ledger.record('me', {
      at: T0,
      steps: [
        { id: 'st_a_feeds', patch: { state: 'reported', finishedAt: T0 } },
        { id: 'st_a_delete', patch: { state: 'not_found', finishedAt: T0 } },
        { id: 'st_b_restore', patch: done },
        { id: 'st_c_users', patch: done },
      ],
    });
    const ids = ['a', 'b', 'c'].map((name) => `user ${name}`);
    expect(await ledger.erasures(STREAM, ids)).toEqual([]);
    expect(await ledger.erasures(SENDBIRD, ids)).toEqual([]);
  });
});
