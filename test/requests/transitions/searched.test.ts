import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/requests/request.ts';
import type { FoundTask } from '../../../src/requests/transitions/answers.ts';
import type { Change } from '../../../src/requests/transitions/change.ts';
import {
  SEARCHES,
  SEARCH_BACK,
  isLastSearch,
  missed,
  searched,
} from '../../../src/requests/transitions/searched.ts';
import { NOW, T0, access, applied, call } from '../make.ts';

const lost = access({ state: 'in_doubt', callId: 'call_1', attempts: 1, intendedAt: T0 });
const doubt = call(lost, { state: 'in_doubt' });
const task = (taskId: string, createdAt = T0) => ({ taskId, createdAt, status: 'processing' });

/** What a search that finds these tasks makes of an access. */
function look(of: Step, tasks: readonly FoundTask[]): Change {
  return tasks.length === 0 && isLastSearch([of])
    ? missed([of], true, T0)
    : searched([of], doubt, tasks, 'call_2', NOW);
}

describe('searched', () => {
  it('adopts the oldest as a new call, and names the others', () => {
    const change = look(lost, [task('a'), task('b'), task('c')]);
    expect(change.calls).toEqual([
      {
        ...doubt,
        id: 'call_2',
        taskId: 'a',
        state: 'accepted',
        replaces: 'call_1',
        adopted: true,
        providerStatus: 'processing',
        intendedAt: T0,
        answeredAt: T0,
      },
    ]);
    expect(change.callPatches).toEqual([{ id: 'call_1', patch: { state: 'replaced' } }]);
    const after = applied(lost, change);
    expect(after).toMatchObject({ state: 'accepted', callId: 'call_2', taskId: 'a', attempts: 1 });
    expect(after.note).toContain('b, c');
    expect(after.note).not.toContain('a,');
  });

  it('names nobody where there is one task', () => {
    const after = applied(lost, look(lost, [task('a')]));
    expect(after.note).toBe("found in the provider's list: the answer to the call had been lost");
  });

  it('none: looks once more, a while apart, and only then may it be sent again', () => {
    const once = applied(lost, look(lost, []));
    expect(once).toMatchObject({ state: 'in_doubt', tries: 1, nextAt: T0 + 30_000 });
    expect(once.tries).toBeLessThan(SEARCHES);
    const twice = applied(once, look(once, []));
    expect(twice).toMatchObject({ state: 'planned', nextAt: null, attempts: 1, finishedAt: null });
    expect(twice.tries).toBe(SEARCHES);
  });

  it('a 5xx leaves the step planned, and it is searched for all the same', () => {
    const planned = { ...lost, state: 'planned' as const };
    const once = applied(planned, look(planned, []));
    expect(once.state).toBe('planned');
    expect(once.tries).toBeLessThan(SEARCHES);
    expect(applied(once, look(once, [task('a')])).state).toBe('accepted');
  });

  it('searches from two minutes before the intent', () => {
    expect(SEARCH_BACK).toBe(120_000);
  });
});
