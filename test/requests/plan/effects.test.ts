import { describe, expect, it } from 'vitest';
import {
  sendbirdEffects,
  streamEffects,
  unsentEffects,
} from '../../../src/requests/plan/effects.ts';
import type { Step } from '../../../src/requests/request.ts';
import { GONE, SOFT, T0, account, feeds, removal, request, step } from '../make.ts';

const of = (steps: readonly Step[], confirmedAt: number | null = null) =>
  unsentEffects(request({ steps, confirmedAt }), T0);
const HARD_OPTIONS = {
  user: 'hard',
  messages: 'hard',
  conversations: 'hard',
  calls: 'hard',
  files: true,
} as const;

describe('unsentEffects', () => {
  it('are those of the plan while nothing is sent', () => {
    expect(of([feeds(), account(), removal()])).toEqual([
      ...streamEffects(HARD_OPTIONS, true),
      ...sendbirdEffects('do_not_delete'),
    ]);
  });

  it('leave out what is sent, and say nothing of feed data that is gone', () => {
    const effects = of([feeds(GONE), account(), removal(GONE)]);
    expect(effects).toEqual(streamEffects(HARD_OPTIONS, true).slice(2));
    expect(of([account()])[0]).toMatchObject({ what: 'feed_data', how: 'untouched' });
  });

  it('read every option, and no others', () => {
    const options = { ...SOFT, calls: 'soft', files: true, conversations: 'never', odd: 1 };
    const expected = streamEffects(
      { user: 'soft', messages: 'soft', calls: 'soft', files: true },
      false,
    );
    expect(of([account({ options })])).toEqual(expected);
    const heirs = { new_channel_owner_id: 'bob', new_call_owner_id: 'eve' };
    expect(of([account({ options: { ...HARD_OPTIONS, ...heirs } })])).toEqual(
      streamEffects({ ...HARD_OPTIONS, ...heirs }, false),
    );
    expect(of([removal({ options: { channel_delete_option: 'all' } })])).toEqual(
      sendbirdEffects('all'),
    );
    expect(of([feeds({ options: { hard_delete: false } })])[0]).toMatchObject({ how: 'hidden' });
  });

  it('of a restore can be undone, and there are none of what was confirmed lately', () => {
    const back = of([step({ operation: 'restore_users' })]);
    expect(back.some(({ undo }) => undo === 'never')).toBe(false);
    expect(back).not.toEqual([]);
    expect(of([account()], T0 - 1_000)).toEqual([]);
  });
});
