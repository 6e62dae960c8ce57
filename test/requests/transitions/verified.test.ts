import { describe, expect, it, test } from 'vitest';
import type { Step } from '../../../src/requests/request.ts';
import { type TaskNews, reported } from '../../../src/requests/transitions/reported.ts';
import { type Look, verified } from '../../../src/requests/transitions/verified.ts';
import { NOW, T0, account, applied, call, fault, feeds, removal, step } from '../make.ts';

const RUNNING: Partial<Step> = { state: 'accepted', taskId: 't', callId: 'call_1', checks: 1 };
const DONE: Partial<Step> = { ...RUNNING, state: 'reported' };
const lost = fault('task_lost');

function told(of: Step, news: TaskNews, status: string | null = null): Step {
  const running = call(of, { state: 'accepted', providerStatus: status });
  return applied(of, reported([of], running, news, NOW));
}

function seen(of: Step, look: Look, known = true): Step {
  return applied(
    of,
    verified([{ step: of, known }], () => look, NOW),
  );
}

describe('reported', () => {
  it('runs on, for an unknown word too', () => {
    const after = told(account(RUNNING), { kind: 'running', status: 'archiving' });
    expect(after).toMatchObject({ state: 'accepted', checks: 2, finishedAt: null });
    expect(after.nextAt).toBeGreaterThan(T0);
  });

  it('reads the result of each user', () => {
    const results = new Map([
      ['ada', { kind: 'ok' as const }],
      ['bob', { kind: 'failed' as const, error: fault('user_not_deleted') }],
    ]);
    const done: TaskNews = { kind: 'done', status: 'completed', results };
    expect(told(account(RUNNING), done)).toMatchObject({ state: 'reported', note: null });
    expect(told(account({ ...RUNNING, subjectId: 'bob' }), done)).toMatchObject({
      state: 'failed',
      error: fault('user_not_deleted'),
    });
    const unnamed = told(account({ ...RUNNING, subjectId: 'eve' }), done);
    expect(unnamed).toMatchObject({ state: 'reported', finishedAt: null });
    expect(unnamed.note).toContain('does not name this user');
  });

  test.each([new Map(), null])(
    'of a user whom nobody saw before, the result %s says nothing',
    (results) => {
      const done: TaskNews = { kind: 'done', status: 'completed', results };
      const unseen = account({ ...RUNNING, before: 'not_visible' });
      expect(told(unseen, done)).toMatchObject({
        state: 'failed',
        error: { code: 'user_not_named', passing: false },
      });
      expect(told({ ...unseen, earlier: 'req_0' }, done)).toMatchObject({ state: 'reported' });
    },
  );

  it('needs no result of a user where there is none', () => {
    const done: TaskNews = { kind: 'done', status: 'completed', results: null };
    expect(told(feeds(RUNNING), done)).toMatchObject({ state: 'reported', note: null });
    expect(told(removal(RUNNING), done)).toMatchObject({ state: 'reported', note: null });
  });

  it('believes `failed` at the second look', () => {
    const news: TaskNews = { kind: 'failed', status: 'failed', error: fault('task_failed') };
    const once = told(account(RUNNING), news);
    expect(once).toMatchObject({ state: 'accepted', tries: 1 });
    expect(told(once, news, 'failed')).toMatchObject({ state: 'failed' });
  });

  it('leaves a task that nobody knows any more to the look-up', () => {
    const news: TaskNews = { kind: 'forgotten', error: lost };
    const once = told(account(RUNNING), news);
    expect(once).toMatchObject({ state: 'accepted', tries: 1 });
    expect(told(once, news)).toMatchObject({ state: 'reported', error: lost, finishedAt: null });
  });
});

describe('verified', () => {
  it('gone, and it was there: done', () => {
    expect(seen(account(DONE), 'not_visible')).toMatchObject({
      state: 'succeeded',
      after: 'not_visible',
      lookedAt: T0,
      finishedAt: T0,
      error: null,
    });
  });

  it('still there after three looks: it ends reported, and not succeeded', () => {
    const first = seen(account(DONE), 'visible');
    expect(first).toMatchObject({ state: 'reported', tries: 1, finishedAt: null, after: null });
    const last = seen(seen(first, 'visible'), 'visible');
    expect(last).toMatchObject({
      state: 'reported',
      after: 'still_visible',
      whole: false,
      finishedAt: T0,
      error: { code: 'still_visible', passing: true },
    });
    expect(seen(seen(first, 'visible'), 'not_visible')).toMatchObject({ state: 'succeeded' });
  });

  it('cannot be looked at: done by the word of the provider', () => {
    expect(seen(feeds({ ...DONE, before: null }), 'not_checkable')).toMatchObject({
      state: 'succeeded',
      after: 'not_checkable',
    });
  });

  it('an answer that nobody can read is asked for again, and then nothing can be said', () => {
    const once = seen(feeds(DONE), 'unreadable');
    expect(once).toMatchObject({ state: 'reported', tries: 1, finishedAt: null });
    expect(seen(seen(once, 'unreadable'), 'unreadable')).toMatchObject({
      state: 'succeeded',
      after: 'not_checkable',
    });
  });

  const unseen: Partial<Step> = { ...DONE, before: 'not_visible' };

  test.each([account(unseen), feeds(unseen), removal(unseen)])(
    '$operation: never visible anywhere, and reported done: done by the word of the provider',
    (of) => {
      for (const look of ['not_visible', 'not_checkable'] as const) {
        const after = seen(of, look, false);
        expect(after).toMatchObject({ state: 'succeeded', after: look, error: null });
        const whose = of.provider === 'stream' ? "Stream's" : "Sendbird's";
        expect(after.note).toContain('not visible before either');
        expect(after.note).toContain(`done on ${whose} word: check the id`);
      }
      const adopted = seen({ ...of, note: 'found in the list' }, 'not_visible', false);
      expect(adopted.note).toMatch(/^found in the list; .*: check the id$/);
    },
  );

  it('not visible before, but somewhere else: done, and the account is on its word all the same', () => {
    for (const of of [account(unseen), removal(unseen)]) {
      expect(seen(of, 'not_visible').state).toBe('succeeded');
      expect(seen(of, 'not_visible').note).toContain('check the id');
    }
    expect(seen(feeds(unseen), 'not_visible')).toMatchObject({
      state: 'succeeded',
      note: 'no feed data was visible before',
    });
  });

  it('nobody looked before, nor can now: done by the word of the provider', () => {
    const blind = { ...unseen, before: null };
    expect(seen(account(blind), 'not_checkable', false).note).toContain('check the id');
    expect(seen(feeds(blind), 'not_checkable', true)).toMatchObject({
      state: 'succeeded',
      note: null,
    });
  });

  it("Sendbird's one word for several says nothing about one who was never there", () => {
    const shared = removal({ ...unseen, subjects: 2 });
    for (const known of [true, false]) {
      expect(seen(shared, 'not_visible', known)).toMatchObject({ state: 'not_found' });
    }
    expect(seen(shared, 'not_visible').note).toBe('no such account at Sendbird, before or after');
    expect(seen({ ...shared, before: 'visible' }, 'not_visible').state).toBe('succeeded');
  });

  it('sent twice, taken on by nobody and refused as unknown: not found, and it says so', () => {
    const arrived = account({
      state: 'reported',
      before: 'not_visible',
      note: 'sent twice',
      attempts: 2,
    });
    expect(seen(arrived, 'not_visible', false)).toMatchObject({
      state: 'not_found',
      note: expect.stringMatching(/^sent twice; never visible/),
    });
    expect(seen({ ...arrived, acceptedAt: T0 }, 'not_visible', false).state).toBe('succeeded');
  });

  it('not visible because it was erased before: done, and the note says by what', () => {
    const again = seen(account({ ...unseen, earlier: 'req_0' }), 'not_visible');
    expect(again).toMatchObject({
      state: 'succeeded',
      note: 'not visible before: req_0 had erased it',
    });
  });

  it('a lost task: only what was there and is gone counts', () => {
    const forgotten = { ...DONE, error: lost };
    expect(seen(account(forgotten), 'not_visible')).toMatchObject({
      state: 'succeeded',
      error: null,
    });
    expect(seen(account({ ...forgotten, before: 'not_visible' }), 'not_visible')).toMatchObject({
      state: 'failed',
      error: { code: 'task_lost', passing: true },
    });
    expect(seen(account(forgotten), 'visible')).toMatchObject({
      state: 'failed',
      after: 'still_visible',
    });
  });

  it('no data: gone and there before is done, never there not found, still there failed', () => {
    const none: Partial<Step> = { ...RUNNING, state: 'no_data' };
    expect(seen(removal(none), 'not_visible')).toMatchObject({ state: 'succeeded' });
    expect(seen(removal({ ...none, before: 'not_visible' }), 'not_visible')).toMatchObject({
      state: 'not_found',
    });
    expect(seen(removal(none), 'visible')).toMatchObject({
      state: 'failed',
      error: { code: 'no_data', passing: true },
    });
    for (const before of ['visible', 'not_visible'] as const) {
      expect(seen(removal({ ...none, before }), 'not_checkable')).toMatchObject({
        state: 'failed',
        error: { code: 'no_data', passing: true },
        after: 'not_checkable',
      });
    }
  });

  it('a restore is done when the account can be seen, and ends unfinished when it cannot', () => {
    const restore = step({ ...DONE, operation: 'restore_users', before: 'not_visible' });
    expect(seen(restore, 'visible')).toMatchObject({ state: 'succeeded', after: 'visible' });
    const once = seen(restore, 'not_visible');
    expect(once).toMatchObject({ state: 'reported', finishedAt: null });
    expect(seen(seen(once, 'not_visible'), 'not_visible')).toMatchObject({
      state: 'reported',
      whole: false,
      finishedAt: T0,
      error: { code: 'not_back' },
    });
  });
});
