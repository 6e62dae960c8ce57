import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  REQUEST_STATES,
  type RequestState,
  STEP_STATES,
  type StepState,
} from '../../src/requests/request.ts';
import { type StepEnd, isSettled, requestState } from '../../src/requests/state.ts';

const ENDED: ReadonlySet<StepState> = new Set([
  'succeeded',
  'failed',
  'not_found',
  'no_data',
  'unsupported',
  'already_active',
  'not_sent',
  'cancelled',
]);

/**
 * `succeeded*`: ended well, and known not to be all of it. `no_data…`: the look-up is outstanding.
 * `reported!`: it is over, and a look-up contradicts the provider.
 */
function ends(words: string): StepEnd[] {
  return words.split(' ').map((word) => {
    const name = word.replace(/[*…!]$/, '');
    const state = STEP_STATES.find((each) => each === name);
    if (state === undefined) throw new Error(`${word} is no state`);
    const isOver = word.endsWith('!') || (ENDED.has(state) && !word.endsWith('…'));
    return { state, finishedAt: isOver ? 1 : null, whole: !word.endsWith('*') };
  });
}

const table: readonly (readonly [string, RequestState])[] = [
  ['planned', 'open'],
  ['intended', 'open'],
  ['accepted', 'open'],
  ['reported', 'open'],
  ['no_data…', 'open'],
  ['succeeded planned', 'open'],
  ['succeeded failed accepted', 'open'],
  ['not_found intended', 'open'],
  ['in_doubt', 'in_doubt'],
  ['succeeded in_doubt', 'in_doubt'],
  ['planned in_doubt', 'in_doubt'],
  ['failed in_doubt accepted', 'in_doubt'],
  ['succeeded', 'completed'],
  ['succeeded succeeded succeeded', 'completed'],
  ['succeeded not_found', 'completed'],
  ['succeeded not_found not_found', 'completed'],
  ['succeeded unsupported', 'completed'],
  ['succeeded already_active', 'completed'],
  ['already_active', 'completed'],
  ['already_active unsupported', 'completed'],
  ['already_active not_found', 'completed'],
  ['succeeded*', 'partial'],
  ['succeeded* not_found', 'partial'],
  ['succeeded succeeded*', 'partial'],
  ['succeeded failed', 'partial'],
  ['succeeded no_data', 'partial'],
  ['succeeded not_sent', 'partial'],
  ['succeeded cancelled', 'partial'],
  ['succeeded failed not_found', 'partial'],
  ['reported!', 'partial'],
  ['reported! not_found', 'partial'],
  ['reported! succeeded', 'partial'],
  ['reported! failed', 'partial'],
  ['reported! not_sent', 'partial'],
  ['reported! in_doubt', 'in_doubt'],
  ['reported! planned', 'open'],
  ['in_doubt not_sent', 'in_doubt'],
  ['failed not_sent', 'failed'],
  ['not_found not_sent', 'failed'],
  ['failed', 'failed'],
  ['failed not_found', 'failed'],
  ['failed unsupported', 'failed'],
  ['no_data', 'failed'],
  ['no_data not_found', 'failed'],
  ['not_sent', 'failed'],
  ['cancelled failed', 'failed'],
  ['unsupported', 'failed'],
  ['unsupported unsupported', 'failed'],
  ['not_found', 'not_found'],
  ['not_found not_found not_found', 'not_found'],
  ['not_found unsupported', 'not_found'],
  ['cancelled', 'cancelled'],
  ['cancelled cancelled', 'cancelled'],
];

const anyStep = fc.record<StepEnd>({
  state: fc.constantFrom(...STEP_STATES),
  finishedAt: fc.constantFrom(null, 1),
  whole: fc.boolean(),
});

describe('requestState', () => {
  test.each(table)('%s makes it %s', (steps, state) => {
    expect(requestState(ends(steps))).toBe(state);
  });

  it('does not depend on the order of steps', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 5 }), (steps) => {
        expect(requestState(steps.toReversed())).toBe(requestState(steps));
      }),
    );
  });

  it('is never completed with a step that is open, failed, cut or in doubt', () => {
    const spoils = fc.oneof(
      anyStep.map((step) => ({ ...step, finishedAt: null })),
      anyStep.map((step) => ({ ...step, state: 'failed' as const })),
      anyStep.map((step) => ({ ...step, state: 'in_doubt' as const })),
      anyStep.map((step) => ({ ...step, state: 'succeeded' as const, whole: false })),
    );
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 5 }), spoils, (steps, spoilt) => {
        expect(requestState([...steps, spoilt])).not.toBe('completed');
        expect(requestState([spoilt, ...steps])).not.toBe('completed');
      }),
    );
  });

  it('is settled only when every step has ended', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 5 }), (steps) => {
        const isOpen = steps.some((each) => each.finishedAt === null || each.state === 'in_doubt');
        expect(isOpen && isSettled(requestState(steps))).toBe(false);
      }),
    );
  });

  it('never decides to close', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 5 }), (steps) => {
        expect(requestState(steps)).not.toBe('closed');
      }),
    );
  });
});

it('settled are completed, not found, cancelled and closed', () => {
  expect(REQUEST_STATES.filter(isSettled)).toEqual([
    'completed',
    'not_found',
    'cancelled',
    'closed',
  ]);
});
