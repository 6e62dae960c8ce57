import { describe, expect, test } from 'vitest';
import { isAsHard } from '../../src/requests/stream-options.ts';
import { HARD, SOFT } from './make.ts';

describe('isAsHard', () => {
  test.each([
    { done: HARD, wanted: HARD, is: true },
    { done: HARD, wanted: SOFT, is: true },
    { done: SOFT, wanted: HARD, is: false },
    { done: { user: 'pruning', messages: 'pruning' }, wanted: SOFT, is: true },
    { done: { ...HARD, files: false }, wanted: HARD, is: false },
    { done: { ...HARD, calls: 'soft' }, wanted: HARD, is: false },
  ])('accounts: $done for $wanted is $is', ({ done, wanted, is }) => {
    expect(isAsHard('delete_users', done, wanted)).toBe(is);
  });

  test.each([
    { done: true, wanted: true, is: true },
    { done: true, wanted: false, is: true },
    { done: false, wanted: true, is: false },
    { done: false, wanted: false, is: true },
  ])('feed data: hard $done for $wanted is $is', ({ done, wanted, is }) => {
    expect(isAsHard('delete_feeds', { hard_delete: done }, { hard_delete: wanted })).toBe(is);
  });

  test('Sendbird deletes in one way only', () => {
    expect(isAsHard('delete', {}, {})).toBe(true);
  });
});
