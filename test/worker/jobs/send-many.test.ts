import { describe, expect, it, test } from 'vitest';
import type { Judge } from '../../../src/ledger/ledger.ts';
import type { Submission } from '../../../src/requests/transitions/answers.ts';
import { runWorker } from '../../../src/worker/worker.ts';
import { HARD, SOFT, fault } from '../../requests/make.ts';
import { erasing, people } from '../erasures.ts';
import type { FakeProvider, Script } from '../fake-provider.ts';
import { type Stage, holder, setStage, sourceOf } from '../stage.ts';

const HOUR = 3_600_000;

/** How many subjects each call of an operation was about, in order. */
function sizes(provider: FakeProvider, operation: string): number[] {
  return provider.heard
    .filter(({ what, about }) => what === 'submit' && about.startsWith(`${operation} `))
    .map(({ about }) => about.split(' ')[1]?.split(',').length ?? 0);
}

function all(stage: Stage): Promise<string[]> {
  return Promise.all(stage.ids.map(async (_, index) => (await stage.request(index)).state));
}

const unknown: Submission = { kind: 'absent', error: fault('not_found', { passing: false }) };

/** Answers `answer` to the calls of one operation from one number to another, counted from 1. */
function nth(operation: string, answer: Submission, from: number, to = from): Script {
  let n = 0;
  return {
    submit: (call) => {
      if (call.operation !== operation) return undefined;
      n += 1;
      return n >= from && n <= to ? answer : undefined;
    },
  };
}

describe('the calls of an erasure', () => {
  it('250 people: 250 feed deletions, 3 calls for accounts, 3 for Sendbird, feeds first', async () => {
    const stage = await setStage({
      users: people(250),
      plan: erasing(['delete_feeds', 'delete_users', 'delete']),
    });
    await stage.go();
    expect(sizes(stage.stream, 'delete_feeds')).toEqual(Array(250).fill(1));
    expect(sizes(stage.stream, 'delete_users')).toEqual([100, 100, 50]);
    expect(sizes(stage.sendbird, 'delete')).toEqual([100, 100, 50]);
    expect(new Set(await all(stage))).toEqual(new Set(['completed']));
    const accounts = stage.stream.heard.findIndex(({ about }) => about.startsWith('delete_users'));
    const checked = stage.stream.heard.slice(0, accounts).filter(({ what }) => what === 'check');
    expect(checked.length).toBeGreaterThanOrEqual(100);
  });

  it('the account goes as soon as its feed data is done, and is looked at as soon as it is', async () => {
    const stage = await setStage({ plan: erasing(['delete_feeds', 'delete_users']) });
    const start = stage.clock.now();
    await stage.go();
    expect(
      stage.stream.heard.map(({ what, about, at }) => [what, about.split(' ')[0], at - start]),
    ).toEqual(
      expect.arrayContaining([
        ['submit', 'delete_feeds', 0],
        ['check', 'delete_feeds', 2_000],
        ['look', 'delete_feeds', 2_000],
        ['submit', 'delete_users', 2_000],
        ['check', 'delete_users', 4_000],
        ['look', 'delete_users', 4_000],
      ]),
    );
    expect(stage.clock.now() - start).toBe(4_000);
  });

  it('looks again for many at once, and not for each alone', async () => {
    const stage = await setStage({ users: people(250), plan: erasing(['delete_feeds']) });
    await stage.go();
    expect(stage.stream.count('look')).toBeLessThan(30);
  });

  it('one feed task that hangs does not hold the others', async () => {
    const stage = await setStage({
      users: people(250),
      plan: erasing(['delete_feeds', 'delete_users']),
      stream: {
        check: ({ operation, subjectIds: [id] }) =>
          operation === 'delete_feeds' && id === 'u007'
            ? { kind: 'running', status: 'running' }
            : undefined,
      },
    });
    const begun = stage.clock.now();
    const running = stage.go();
    await stage.clock.sleep(10 * 60_000);
    stage.stop.abort();
    await running;
    expect(sizes(stage.stream, 'delete_users')).toEqual([100, 100, 49]);
    const last = stage.stream.heard.findLast(
      ({ what, about }) => what === 'submit' && about.startsWith('delete_users'),
    );
    // The rest waits 30 intervals of 2 s for the one that hangs, and goes without it.
    expect((last?.at ?? 0) - begun).toBeGreaterThanOrEqual(60_000);
    expect((last?.at ?? 0) - begun).toBeLessThan(120_000);
    expect(await stage.step('delete_users', 7)).toMatchObject({ state: 'planned', blocked: true });
    expect((await all(stage)).filter((state) => state === 'completed')).toHaveLength(249);
  });

  it('does not send an account whose feed data failed, and no other suffers', async () => {
    const stage = await setStage({
      users: people(3),
      plan: erasing(['delete_feeds', 'delete_users']),
      stream: {
        submit: ({ operation, subjectIds: [id] }) =>
          operation === 'delete_feeds' && id === 'u001'
            ? { kind: 'refused', error: fault('refused', { passing: false }) }
            : undefined,
      },
    });
    await stage.go();
    expect(sizes(stage.stream, 'delete_users')).toEqual([2]);
    expect(await stage.step('delete_users', 1)).toMatchObject({ state: 'not_sent' });
    expect(await all(stage)).toEqual(['completed', 'failed', 'completed']);
  });

  it('goes on to the account when there is no feed data', async () => {
    const stage = await setStage({
      plan: erasing(['delete_feeds', 'delete_users']),
      stream: nth('delete_feeds', unknown, 1),
    });
    await stage.go();
    expect(await stage.step('delete_feeds')).toMatchObject({ state: 'not_found' });
    expect(await stage.step('delete_users')).toMatchObject({ state: 'succeeded' });
    expect(await all(stage)).toEqual(['completed']);
  });

  it('keeps apart those whose options differ', async () => {
    const stage = await setStage({
      users: people(4),
      plan: erasing(['delete'], (user) => ({
        options: { channel_delete_option: user > 'u001' ? 'all' : '1_on_1' },
      })),
    });
    await stage.go();
    expect(sizes(stage.sendbird, 'delete')).toEqual([2, 2]);
  });

  it('a batch of 100 with 3 unknown ids: halved until those stand alone', async () => {
    const strangers = new Set(['u013', 'u050', 'u099']);
    const stage = await setStage({
      users: people(100),
      plan: erasing(['delete_users']),
      stream: {
        submit: ({ subjectIds }) =>
          subjectIds.some((id) => strangers.has(id)) ? unknown : undefined,
      },
    });
    await stage.go();
    const states = await all(stage);
    expect(states.filter((state) => state === 'completed')).toHaveLength(97);
    for (const id of strangers) expect(states[Number(id.slice(1))]).toBe('not_found');
    expect(stage.stream.count('submit')).toBeLessThan(50);
  });

  it('sets those apart first who were not seen before the question', async () => {
    const stage = await setStage({
      users: people(100),
      plan: erasing(['delete_users'], (user) => ({
        before: user < 'u003' ? ('not_visible' as const) : ('visible' as const),
      })),
      stream: { submit: ({ subjectIds: [id = ''] }) => (id < 'u003' ? unknown : undefined) },
    });
    await stage.go();
    expect(sizes(stage.stream, 'delete_users').toSorted((a, b) => b - a)).toEqual([
      100, 97, 3, 2, 1, 1, 1,
    ]);
  });

  it('reads the result of each user', async () => {
    const stage = await setStage({
      users: people(3),
      plan: erasing(['delete_users']),
      stream: {
        check: ({ subjectIds }) => ({
          kind: 'done',
          status: 'completed',
          results: new Map(
            subjectIds.map((id) => [
              id,
              id === 'u001' ? { kind: 'failed', error: fault('user_not_deleted') } : { kind: 'ok' },
            ]),
          ),
        }),
      },
    });
    await stage.go();
    expect(await all(stage)).toEqual(['completed', 'failed', 'completed']);
    expect(stage.stream.count('check')).toBe(1);
  });

  it('is partial when somebody can still be seen after three looks', async () => {
    const stage = await setStage({
      users: people(2),
      plan: erasing(['delete']),
      sendbird: { look: () => ({ kind: 'looked', visible: new Set(['u001']) }) },
    });
    await stage.go();
    expect(await all(stage)).toEqual(['completed', 'partial']);
    expect(stage.sendbird.count('look')).toBe(3);
  });

  it('refuses the task of another call, and does not send again', async () => {
    const stage = await setStage({
      users: people(2),
      plan: erasing(['delete_users', 'delete'], () => ({})),
      sendbird: { submit: () => ({ kind: 'accepted', taskId: 'one', status: null }) },
      stream: { submit: () => ({ kind: 'accepted', taskId: 'one', status: null }) },
    });
    await stage.go();
    expect(await all(stage)).toEqual(['completed', 'completed']);
    const second = await setStage({
      users: people(2),
      plan: erasing(['delete_feeds']),
      stream: { submit: () => ({ kind: 'accepted', taskId: 'one', status: null }) },
    });
    await second.go();
    expect((await all(second)).toSorted()).toEqual(['completed', 'failed']);
    expect(second.stream.count('submit')).toBe(2);
  });
});

const recordAll: Judge = () => ({ kind: 'record' });

describe('an absence after an earlier erase', () => {
  test.each([
    { first: HARD, state: 'completed', says: 'already gone: erased before by req_ada' },
    { first: SOFT, state: 'failed', says: 'req_ada was not as hard as this erase' },
  ])('that was $first.user: $state', async ({ first, state, says }) => {
    const stage = await setStage({
      plan: erasing(['delete_users'], () => ({ options: first })),
      stream: nth('delete_users', unknown, 2),
    });
    await stage.go();
    const [once] = erasing(['delete_users'], () => ({
      before: 'not_visible',
      earlier: 'req_ada',
    }))(['ada']);
    if (once === undefined) throw new Error('no plan');
    const id = 'req_again';
    const steps = once.steps.map((step) => ({ ...step, id: `${id}/delete_users` }));
    const yes = { operator: 'jane', how: 'flag' as const };
    await stage.ledger.open([{ ...once, id, steps }], recordAll, stage.clock.now(), yes);
    await runWorker(sourceOf([id]), 'ended', holder('me'), stage.work);
    const request = await stage.ledger.request(id);
    expect(request?.state).toBe(state);
    expect(JSON.stringify(request?.steps)).toContain(says);
  });
});

describe('what is not to be sent', () => {
  it('a deletion that was confirmed more than 7 days ago stays planned', async () => {
    const stage = await setStage({ plan: erasing(['delete_feeds', 'delete']) });
    await stage.clock.sleep(7 * 24 * HOUR);
    await stage.go();
    expect(stage.stream.count('submit') + stage.sendbird.count('submit')).toBe(0);
    expect(await all(stage)).toEqual(['open']);
  });

  it('`sent`: leaves when everything that can be sent is accepted', async () => {
    const stage = await setStage({
      users: people(3),
      plan: erasing(['delete_feeds', 'delete_users', 'delete']),
    });
    await stage.go('sent');
    expect(sizes(stage.stream, 'delete_feeds')).toEqual([1, 1, 1]);
    expect(sizes(stage.stream, 'delete_users')).toEqual([]);
    expect(sizes(stage.sendbird, 'delete')).toEqual([3]);
    expect(await stage.step('delete_users')).toMatchObject({ state: 'planned', blocked: true });
  });

  it('`idle`: a pass sends what is ready, without waiting for the others', async () => {
    const stage = await setStage({
      users: people(3),
      plan: erasing(['delete_feeds', 'delete_users']),
      stream: {
        check: ({ operation, subjectIds: [id] }) =>
          operation === 'delete_feeds' && id === 'u001'
            ? { kind: 'running', status: 'running' }
            : undefined,
      },
    });
    await stage.go('idle');
    await stage.clock.sleep(60_000);
    await stage.go('idle');
    expect(sizes(stage.stream, 'delete_users')).toEqual([2]);
  });
});
