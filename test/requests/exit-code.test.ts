import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { REQUEST_STATES, type RequestState, type Step } from '../../src/requests/request.ts';
import {
  type WorkEnd,
  cancelCode,
  emptyTally,
  exitCode,
  requestState,
  statesIn,
  statusCode,
  tallied,
  unsettled,
} from '../../src/requests/state.ts';
import { verified } from '../../src/requests/transitions/verified.ts';
import { NOW, account, applied, fault, feeds, removal, step } from './make.ts';

const WELL: WorkEnd = { signal: null, denied: false, unavailable: false, guarded: false };

describe('exitCode', () => {
  const table: readonly (readonly [RequestState[], Partial<WorkEnd>, number])[] = [
    [['completed'], {}, 0],
    [['completed', 'completed'], {}, 0],
    [['failed'], {}, 1],
    [['not_found'], {}, 1],
    [['cancelled'], {}, 1],
    [['failed', 'not_found'], {}, 1],
    [['partial'], {}, 3],
    [['completed', 'failed'], {}, 3],
    [['completed', 'not_found'], {}, 3],
    [['partial', 'failed'], {}, 3],
    [['open'], {}, 8],
    [['open', 'completed'], {}, 8],
    [['open', 'failed'], {}, 8],
    [['open'], { unavailable: true }, 5],
    [['in_doubt'], {}, 7],
    [['in_doubt', 'open', 'completed'], {}, 7],
    [['in_doubt'], { unavailable: true }, 7],
    [['open'], { denied: true }, 4],
    [['open'], { denied: true, unavailable: true }, 4],
    [['in_doubt'], { denied: true }, 4],
    [['open'], { denied: true, guarded: true }, 4],
    [['in_doubt', 'open'], { guarded: true, unavailable: true }, 6],
    [['completed', 'failed'], { guarded: true }, 6],
    [['partial'], { guarded: true, signal: 130 }, 130],
    [['open'], { signal: 130 }, 130],
    [['in_doubt'], { signal: 143, denied: true, unavailable: true }, 143],
    [['completed'], { signal: 129 }, 129],
    // What was learnt about a provider says nothing once all has ended.
    [['completed'], { denied: true, unavailable: true }, 0],
    [['failed'], { denied: true }, 1],
  ];
  test.each(table)('%j with %j is %i', (states, end, code) => {
    expect(exitCode(new Set(states), { ...WELL, ...end })).toBe(code);
  });

  it('does not depend on how many there are', () => {
    const numbers = fc.record({ completed: fc.nat(3), failed: fc.nat(3), open: fc.nat(3) });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 1_000 }), (some, times) => {
        const tally = { ...emptyTally(), ...some };
        const more = { ...tally, failed: tally.failed * times, completed: tally.completed * times };
        expect(exitCode(statesIn(more), WELL)).toBe(exitCode(statesIn(tally), WELL));
        expect(tallied(tally)).toBe(some.completed + some.failed + some.open);
      }),
    );
  });

  it('is 0 only if all are completed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...REQUEST_STATES), { minLength: 1, maxLength: 5 }),
        fc.record({
          signal: fc.constantFrom(null, 130),
          denied: fc.boolean(),
          guarded: fc.boolean(),
          unavailable: fc.boolean(),
        }),
        (states, end) => {
          if (exitCode(new Set(states), end) !== 0) return;
          expect(states.every((state) => state === 'completed')).toBe(true);
        },
      ),
    );
  });
});

const looks = fc.constantFrom('visible', 'not_visible', 'not_checkable');
const before = fc.constantFrom('visible', 'not_visible', null);
const checked = fc.record({
  of: fc.constantFrom(feeds(), account(), removal(), step({ operation: 'restore_users' })),
  before,
  earlier: fc.constantFrom(null, 'req_0'),
  known: fc.boolean(),
  error: fc.constantFrom(null, fault('task_lost')),
  state: fc.constantFrom('reported', 'no_data'),
  looks: fc.array(looks, { minLength: 1, maxLength: 4 }),
});

describe('the checks after a deletion', () => {
  it('contradict no request that is completed, so none that gives 0', () => {
    fc.assert(
      fc.property(fc.array(checked, { minLength: 1, maxLength: 4 }), (all) => {
        const steps = all.map(({ of, looks: seen, known, ...more }): Step => {
          let now: Step = { ...of, ...more };
          for (const look of seen) {
            if (now.finishedAt !== null) break;
            now = applied(
              now,
              verified([{ step: now, known }], () => look, NOW),
            );
          }
          return now;
        });
        const state = requestState(steps);
        if (state !== 'completed') return;
        expect(exitCode(new Set([state]), WELL)).toBe(0);
        expect(steps.map(({ after }) => after)).not.toContain('still_visible');
      }),
      { numRuns: 1_000 },
    );
  });
});

/** So many requests in these states. */
function standings(
  some: Partial<Record<RequestState, number>>,
  overdue = 0,
): Parameters<typeof statusCode>[0] {
  return { states: { ...emptyTally(), ...some }, overdue };
}

describe('statusCode', () => {
  test.each([
    [standings({}), 0],
    [standings({ completed: 1, not_found: 2, cancelled: 3, closed: 4 }), 0],
    [standings({ failed: 1 }), 3],
    [standings({ partial: 1, completed: 5 }), 3],
    [standings({ open: 1, failed: 1 }), 8],
    [standings({ in_doubt: 1, open: 9 }), 7],
    [standings({ in_doubt: 1, failed: 1 }, 1), 9],
    [standings({ open: 1 }, 1), 9],
    [standings({ closed: 1, failed: 1 }), 3],
  ] as const)('%j is %i', (of, code) => {
    expect(statusCode(of)).toBe(code);
  });

  test('what is settled is not left to anybody', () => {
    expect(unsettled(standings({ open: 1, in_doubt: 2, failed: 3, partial: 4 }).states)).toBe(10);
    expect(unsettled(standings({ completed: 1, closed: 2, cancelled: 3 }).states)).toBe(0);
  });
});

describe('cancelCode', () => {
  test.each([
    [[], {}, 1],
    [['withdrawn', 'withdrawn'], {}, 0],
    [['withdrawn', 'goes_on'], {}, 3],
    [['goes_on'], {}, 1],
    [['withdrawn', 'in_doubt'], {}, 7],
    [['withdrawn', 'goes_on'], { unavailable: true }, 5],
    [['in_doubt', 'goes_on'], { unavailable: true }, 7],
    [['in_doubt', 'goes_on'], { denied: true, unavailable: true }, 4],
    [['withdrawn'], { signal: 130, denied: true }, 130],
  ] as const)('%j, %j is %i', (ends, end, code) => {
    expect(cancelCode(ends, { ...WELL, ...end })).toBe(code);
  });
});
