import { describe, expect, it, test } from 'vitest';
import type { Step } from '../../../src/requests/request.ts';
import { isLastSearch, missed, searched } from '../../../src/requests/transitions/searched.ts';
import { ONCE_MORE_WITHIN } from '../../../src/requests/transitions/sent.ts';
import { NOW, T0, applied, call, removal } from '../make.ts';

const DOUBT: Partial<Step> = {
  state: 'in_doubt',
  callId: 'call_1',
  batch: 'call_1',
  doubts: 1,
  intendedAt: T0,
};
const two = [removal(DOUBT), removal({ ...DOUBT, id: 'req_2/delete', requestId: 'req_2' })];

describe('searched', () => {
  it('adopts the oldest for all of its steps, and names the others', () => {
    const tasks = ['a', 'b'].map((taskId) => ({ taskId, createdAt: T0, status: 'scheduled' }));
    const change = searched(two, call(removal(DOUBT)), tasks, 'call_2', NOW);
    for (const step of two) {
      expect(applied(step, change)).toMatchObject({
        state: 'accepted',
        taskId: 'a',
        callId: 'call_2',
        doubts: 0,
        batch: null,
        note: expect.stringContaining('the list also has b'),
      });
    }
    expect(change.calls).toMatchObject([{ id: 'call_2', replaces: 'call_1', state: 'accepted' }]);
    expect(change.callPatches).toEqual([{ id: 'call_1', patch: { state: 'replaced' } }]);
  });

  it('looks a second time, a while later', () => {
    expect(isLastSearch(two)).toBe(false);
    const change = searched(two, call(removal(DOUBT)), [], 'call_2', NOW);
    const later = two.map((step) => applied(step, change));
    for (const step of later) {
      expect(step).toMatchObject({ state: 'in_doubt', tries: 1, nextAt: T0 + 30_000 });
    }
    expect(isLastSearch(later)).toBe(true);
  });
});

describe('missed', () => {
  test.each([
    { visible: true, age: 1, doubts: 1, state: 'planned' },
    { visible: true, age: ONCE_MORE_WITHIN, doubts: 1, state: 'planned' },
    { visible: true, age: ONCE_MORE_WITHIN + 1, doubts: 1, state: 'in_doubt' },
    { visible: true, age: 1, doubts: 2, state: 'in_doubt' },
    { visible: false, age: 1, doubts: 1, state: 'in_doubt' },
  ])(
    'visible $visible, $age ms old, $doubts in doubt: $state',
    ({ visible, age, doubts, state }) => {
      const step = removal({ ...DOUBT, doubts });
      const after = applied(step, missed([step], visible, T0 + age));
      expect(after).toMatchObject({ state, blocked: state === 'in_doubt', finishedAt: null });
    },
  );
});
