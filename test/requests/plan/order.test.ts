import { describe, expect, it, test } from 'vitest';
import { order } from '../../../src/requests/plan/order.ts';
import type { Step } from '../../../src/requests/request.ts';
import { T0, access, account, fault, feeds, removal, step } from '../make.ts';

function moved(steps: readonly Step[], acceptPartial = false): Record<string, object> {
  const patches = order({ steps, acceptPartial }, T0);
  return Object.fromEntries(patches.map(({ id, patch }) => [id.replace('req_1/', ''), patch]));
}

const ENDED = { finishedAt: T0 } as const;
const NOT_SENT = {
  state: 'not_sent',
  blocked: false,
  nextAt: null,
  finishedAt: T0,
  note: 'nothing was sent: what comes before it did not end well',
};

describe('order: the account after its feed data', () => {
  test.each(['planned', 'intended', 'accepted'] as const)('feed data %s: it waits', (state) => {
    expect(moved([feeds({ state }), account()])).toEqual({ delete_users: { blocked: true } });
    expect(moved([feeds({ state }), account({ blocked: true })])).toEqual({});
  });

  test.each([
    feeds({ state: 'reported' }),
    feeds({ state: 'reported', ...ENDED, after: 'still_visible' }),
    feeds({ state: 'succeeded', ...ENDED }),
    feeds({ state: 'not_found', ...ENDED }),
  ])('feed data $state: it goes', (before) => {
    expect(moved([before, account({ blocked: true })])).toEqual({
      delete_users: { blocked: false },
    });
  });

  test.each([
    feeds({ state: 'failed', ...ENDED }),
    feeds({ state: 'cancelled', ...ENDED }),
    feeds({ state: 'in_doubt', blocked: true }),
  ])('feed data $state: it is not sent', (before) => {
    expect(moved([before, account({ blocked: true })])).toEqual({ delete_users: NOT_SENT });
    expect(moved([before, account({ state: 'not_sent', ...ENDED })])).toEqual({});
  });

  it('is planned again when its feed data is taken up again', () => {
    const out = account({ state: 'not_sent', ...ENDED });
    const again = { state: 'planned', finishedAt: null, note: null };
    expect(moved([feeds(), out])).toEqual({ delete_users: { ...again, blocked: true } });
    expect(moved([feeds({ state: 'reported' }), out])).toEqual({
      delete_users: { ...again, blocked: false },
    });
  });

  it('leaves alone what has been sent, and Sendbird altogether', () => {
    const failed = feeds({ state: 'failed', ...ENDED });
    expect(moved([failed, account({ state: 'accepted' }), removal()])).toEqual({});
    expect(moved([failed, account({ state: 'cancelled', ...ENDED })])).toEqual({});
  });
});

const held = {
  delete_feeds: { blocked: true },
  delete_users: { blocked: true },
  delete: { blocked: true },
};

describe('order: nothing is deleted before the export is there', () => {
  const deletions = [feeds(), account(), removal()];
  it('holds all deletions until the last file is collected', () => {
    const done = step({ state: 'succeeded', ...ENDED });
    expect(moved([done, access({ state: 'reported' }), ...deletions])).toEqual(held);
    const free = moved([done, access({ state: 'succeeded', ...ENDED }), ...deletions]);
    expect(free).toEqual({ delete_users: { blocked: true } });
  });

  it('needs no export of what is not there, unless it was seen there before the question', () => {
    const nothing = access({ state: 'not_found', ...ENDED });
    expect(moved([nothing, removal({ before: 'not_visible', blocked: true })])).toEqual({
      delete: { blocked: false },
    });
    expect(moved([nothing, removal({ before: 'visible', blocked: true })])).toEqual({
      delete: NOT_SENT,
    });
  });

  test.each([
    access({ state: 'failed', ...ENDED }),
    access({ state: 'no_data', ...ENDED }),
    access({ state: 'cancelled', ...ENDED }),
  ])(
    'an export that is $state stops the deletion, with leave for partial ones or not',
    (before) => {
      expect(moved([before, removal()])).toEqual({ delete: NOT_SENT });
      expect(moved([before, removal()], true)).toEqual({ delete: NOT_SENT });
    },
  );

  it('an export that may be cut stops the deletion, unless that is accepted', () => {
    const cut = step({ state: 'succeeded', whole: false, ...ENDED });
    expect(moved([cut, removal()])).toEqual({ delete: NOT_SENT });
    expect(moved([cut, removal()], true)).toEqual({});
  });
});

describe('order: feed data of somebody whom Stream does not know', () => {
  const word = feeds({ state: 'succeeded', ...ENDED, before: 'not_visible', taskId: 't' });
  const refused = account({ state: 'not_found', ...ENDED, before: 'not_visible' });

  it('is not found, though its task ran', () => {
    for (const before of ['not_visible', null] as const) {
      expect(moved([{ ...word, before }, refused])).toMatchObject({
        delete_feeds: { state: 'not_found', note: expect.stringContaining('check the id') },
      });
    }
  });

  test.each([
    ['somebody saw it', [{ ...word, before: 'visible' as const }, refused]],
    ['this ledger erased it before', [{ ...word, earlier: 'req_0' }, refused]],
    ['the account was there before', [word, { ...refused, before: 'visible' as const }]],
    ['the account is done', [word, account({ state: 'succeeded', ...ENDED })]],
    ['there is no account step', [word]],
  ])('stays as it is where %s', (_, steps) => {
    expect(moved(steps)).toEqual({});
  });
});

describe('order: what the profile did not let leave', () => {
  const error = fault('protected', { passing: false });
  const kept = { state: 'not_sent', ...ENDED, error } as const;

  it('stays unsent though nothing stands in its way, and what comes after it is not sent', () => {
    expect(moved([account(kept)])).toEqual({});
    expect(moved([feeds(kept), account()])).toEqual({ delete_users: NOT_SENT });
  });
});
