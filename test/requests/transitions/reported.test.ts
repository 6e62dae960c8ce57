import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/requests/request.ts';
import { type TaskNews, reported } from '../../../src/requests/transitions/reported.ts';
import { NOW, T0, applied, call, fault, step } from '../make.ts';

const running = step({
  state: 'accepted',
  callId: 'call_1',
  taskId: 'task-1',
  attempts: 1,
  acceptedAt: T0,
});
const served = call(running, { state: 'accepted', taskId: 'task-1', providerStatus: 'waiting' });

const failed: TaskNews = { kind: 'failed', status: 'failed', error: fault('task_failed') };
const forgotten: TaskNews = { kind: 'forgotten', error: fault('task_lost') };
const unreadable: TaskNews = { kind: 'unreadable', error: fault('unreadable') };
const still: TaskNews = { kind: 'running', status: 'running' };

/** One report after the other, with what the provider last said kept on the call. */
function after(...all: TaskNews[]): Step {
  let of = running;
  let { providerStatus } = served;
  for (const news of all) {
    const change = reported([of], { ...served, providerStatus }, news, NOW);
    of = applied(of, change);
    providerStatus = change.callPatches?.[0]?.patch.providerStatus ?? providerStatus;
  }
  return of;
}

describe('reported', () => {
  it('done moves to reported, and never further', () => {
    const done = after({ kind: 'done', status: 'completed', results: null });
    expect(done).toMatchObject({ state: 'reported', checks: 1, finishedAt: null, nextAt: null });
  });

  it.each(['completed!', 'succeeded', 'DONE', '', 'zombie'])('%j, unknown, runs on', (status) => {
    const of = after({ kind: 'running', status });
    expect(of).toMatchObject({ state: 'accepted', checks: 1, finishedAt: null, taskId: 'task-1' });
    expect(of.nextAt).toBeGreaterThan(T0);
  });

  it('no data waits for a look-up', () => {
    expect(after({ kind: 'no_data', status: 'no_data' })).toMatchObject({
      state: 'no_data',
      finishedAt: null,
      nextAt: null,
    });
  });

  it.each([failed, forgotten])('$kind is believed at the second look, a while later', (news) => {
    expect(after(news)).toMatchObject({ state: 'accepted', tries: 1, nextAt: T0 + 30_000 });
    expect(after(news, news)).toMatchObject({
      state: 'failed',
      error: 'error' in news ? news.error : null,
      finishedAt: T0,
      checks: 2,
      taskId: 'task-1',
    });
  });

  it.each([failed, forgotten])('$kind, then running again, starts the count anew', (news) => {
    expect(after(news, still)).toMatchObject({ state: 'accepted', tries: 0 });
    expect(after(news, still, news)).toMatchObject({ state: 'accepted', finishedAt: null });
    expect(after(news, { kind: 'done', status: 'completed', results: null })).toMatchObject({
      state: 'reported',
    });
  });

  it('an answer that nobody can read is no first look at a failure', () => {
    expect(after(unreadable, failed)).toMatchObject({ state: 'accepted', finishedAt: null });
    expect(after(unreadable, unreadable, failed)).toMatchObject({ state: 'accepted' });
    expect(after(unreadable, failed, failed)).toMatchObject({ state: 'failed' });
  });

  it('unreadable three times ends it, and the task id stays', () => {
    expect(after(unreadable, unreadable)).toMatchObject({ state: 'accepted', tries: 2 });
    expect(after(unreadable, unreadable, unreadable)).toMatchObject({
      state: 'failed',
      error: { code: 'unreadable' },
      taskId: 'task-1',
    });
    expect(after(unreadable, unreadable, still, unreadable).state).toBe('accepted');
  });

  it("keeps the provider's last word on the call, and writes it once", () => {
    const change = reported([running], served, still, NOW);
    expect(change.callPatches).toEqual([{ id: 'call_1', patch: { providerStatus: 'running' } }]);
    const same = { ...served, providerStatus: 'running' };
    expect(reported([running], same, still, NOW).callPatches).toEqual([]);
    expect(reported([running], served, forgotten, NOW).callPatches).toEqual([]);
  });

  it('no series of reports makes it succeed', () => {
    const news = fc.oneof(
      fc.string().map((status): TaskNews => ({ kind: 'running', status })),
      fc.string().map((status): TaskNews => ({ kind: 'done', status, results: null })),
      fc.string().map((status): TaskNews => ({ kind: 'no_data', status })),
      fc.constantFrom(failed, forgotten, unreadable),
    );
    fc.assert(
      fc.property(fc.array(news, { maxLength: 8 }), (all) => {
        expect(after(...all).state).not.toBe('succeeded');
      }),
    );
  });
});
