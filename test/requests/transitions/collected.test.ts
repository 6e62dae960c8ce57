import { describe, expect, it, test } from 'vitest';
import type { Step } from '../../../src/requests/request.ts';
import { collected, lastTry, linkLost } from '../../../src/requests/transitions/collected.ts';
import { verified } from '../../../src/requests/transitions/verified.ts';
import { FILE, NOW, T0, access, applied, call, fault, patchOf, step } from '../make.ts';

const ready = step({
  state: 'reported',
  callId: 'call_1',
  taskId: 'task-1',
  attempts: 1,
  checks: 4,
});
const served = call(ready, { state: 'accepted', taskId: 'task-1', providerStatus: 'completed' });
type End = Parameters<typeof collected>[2];
const after = (end: End, of: Step = ready): Step => applied(of, collected(of, served, end, NOW));

describe('collected', () => {
  it('a file that is whole ends the step well', () => {
    expect(after({ kind: 'stored', artifact: FILE, cut: false, recognised: true })).toEqual({
      ...ready,
      state: 'succeeded',
      artifacts: [FILE],
      finishedAt: T0,
      whole: true,
    });
  });

  it('a file that may be cut says so, once, beside what was noted before', () => {
    const of = { ...ready, note: 'repeated: a call before' };
    const cut = after({ kind: 'stored', artifact: FILE, cut: true, recognised: true }, of);
    expect(cut).toMatchObject({ state: 'succeeded', whole: false });
    expect(cut.note).toMatch(/^repeated: a call before; may be cut: .*10,000/);
    const again = after(
      { kind: 'stored', artifact: FILE, cut: true, recognised: true },
      { ...cut, state: 'reported' },
    );
    expect(again.note?.match(/may be cut/g)).toHaveLength(1);
  });

  it('a file in which nothing is recognised is kept, and says so', () => {
    const odd = after({ kind: 'stored', artifact: FILE, cut: false, recognised: false });
    expect(odd).toMatchObject({ state: 'succeeded', whole: false, artifacts: [FILE] });
    expect(odd.note).toMatch(/^not recognised: /);
    const both = after({ kind: 'stored', artifact: FILE, cut: true, recognised: false });
    expect(both.note).toMatch(/may be cut: .*; not recognised: /);
  });

  it('a later, whole file takes the doubt away', () => {
    const of = { ...ready, whole: false };
    expect(after({ kind: 'stored', artifact: FILE, cut: false, recognised: true }, of).whole).toBe(
      true,
    );
  });

  test.each(['bad', 'no_link', 'link_refused'] as const)(
    '%s, passing: three tries, and it fails in its own words',
    (kind) => {
      const end = { kind, error: fault('file_cut') };
      const once = after(end);
      expect(once).toMatchObject({ state: 'reported', tries: 1, nextAt: T0 + 2_000, error: null });
      const twice = after(end, once);
      expect(twice).toMatchObject({ state: 'reported', tries: 2, nextAt: T0 + 3_000 });
      expect(lastTry(twice)).toBe(true);
      expect(after(end, twice)).toMatchObject({
        state: 'failed',
        error: end.error,
        finishedAt: T0,
        taskId: 'task-1',
        artifacts: [],
      });
    },
  );

  it('what will not pass is not tried again', () => {
    const error = fault('file_html', { passing: false });
    expect(after({ kind: 'bad', error })).toMatchObject({ state: 'failed', error });
  });

  it('a task that runs again goes back to being checked', () => {
    expect(after({ kind: 'running', status: 'running' })).toMatchObject({
      state: 'accepted',
      finishedAt: null,
      taskId: 'task-1',
    });
  });

  test.each([
    { kind: 'failed', status: 'failed', error: fault('task_failed') },
    { kind: 'forgotten', error: fault('task_lost') },
  ] as const)('$kind after failed downloads is believed at the second look all the same', (end) => {
    const of = { ...ready, tries: 2 };
    const once = after(end, of);
    expect(once).toMatchObject({ state: 'accepted', tries: 1, nextAt: T0 + 30_000, error: null });
  });

  it('no data now: the look-up decides', () => {
    expect(after({ kind: 'no_data', status: 'no_data' })).toMatchObject({
      state: 'no_data',
      finishedAt: null,
    });
  });

  it('no end but a stored file makes it succeed', () => {
    const ends: readonly End[] = [
      { kind: 'bad', error: fault('x') },
      { kind: 'no_link', error: fault('x') },
      { kind: 'link_refused', error: fault('x') },
      { kind: 'running', status: 'completed' },
      { kind: 'failed', status: 'completed', error: fault('x') },
      { kind: 'no_data', status: 'completed' },
      { kind: 'forgotten', error: fault('x') },
      { kind: 'unreadable', error: fault('x') },
    ];
    for (const tries of [0, 1, 2]) {
      for (const end of ends) expect(after(end, { ...ready, tries }).state).not.toBe('succeeded');
    }
  });
});

describe('linkLost', () => {
  const of = access({
    state: 'reported',
    taskId: 'task-1',
    callId: 'call_1',
    tries: 2,
    attempts: 1,
  });
  const error = fault('link_refused');

  it('visible: asked for by a new call, and the receipt says of which task', () => {
    expect(applied(of, linkLost(of, true, error, T0))).toMatchObject({
      state: 'planned',
      taskId: null,
      tries: 0,
      finishedAt: null,
      note: 'asked for again: the link of export task-1 would not open',
    });
  });

  it('not visible: it fails for good', () => {
    expect(patchOf(linkLost(of, false, error, T0))).toEqual({
      state: 'failed',
      error: { ...error, passing: false },
      finishedAt: T0,
      nextAt: null,
    });
  });

  it('is asked for again twice and no more', () => {
    expect(applied(of, linkLost({ ...of, attempts: 2 }, true, error, T0)).state).toBe('planned');
    const third = applied(of, linkLost({ ...of, attempts: 3 }, true, error, T0));
    expect(third).toMatchObject({ state: 'failed', error: { passing: true }, taskId: 'task-1' });
  });
});

describe('an access without data', () => {
  const of = access({ state: 'no_data', taskId: 'task-1' });
  it('absent: not found', () => {
    const settled = applied(
      of,
      verified([{ step: of, known: true }], () => 'not_visible', NOW),
    );
    expect(settled).toMatchObject({ state: 'not_found', finishedAt: T0 });
  });
  it('present: no data, with the advice to run it again', () => {
    const settled = applied(
      of,
      verified([{ step: of, known: true }], () => 'visible', NOW),
    );
    expect(settled).toMatchObject({ state: 'no_data', finishedAt: T0 });
    expect(settled.note).toContain('again');
  });
});
