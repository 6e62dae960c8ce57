import { describe, expect, it, test } from 'vitest';
import type { FoundTask, Submission } from '../../src/requests/transitions/answers.ts';
import { intend } from '../../src/requests/transitions/intended.ts';
import { fault } from '../requests/make.ts';
import { type Script, closedLink, file } from './fake-provider.ts';
import { type Stage, holder, setStage } from './stage.ts';

const PATIENCE = 30_000;

const found = (taskId: string): FoundTask => ({ taskId, createdAt: 0, status: 'processing' });

/** The first call is answered so, every later one well. */
function once(answer: Submission): Script {
  return { submit: (_, n) => (n === 1 ? answer : undefined) };
}

const answers: readonly (readonly [Submission, number, boolean])[] = [
  [{ kind: 'lost', error: fault('answer_lost') }, 2, true],
  [{ kind: 'unavailable', error: fault('http_500') }, 2, true],
  [{ kind: 'unsent', error: fault('no_connection') }, 2, false],
  [{ kind: 'limited', error: fault('rate_limited'), retryAt: null }, 2, false],
  [{ kind: 'credentials', error: fault('credentials') }, 2, false],
  [{ kind: 'refused', error: fault('bad_request', { passing: false }) }, 1, false],
  [{ kind: 'absent', error: fault('user_unknown') }, 1, false],
];

describe('a call that starts work', () => {
  it("is not followed to a task that another call has: it is somebody else's", async () => {
    const stage = await setStage({
      only: 'stream',
      users: ['ada', 'grace'],
      stream: { submit: () => ({ kind: 'accepted', taskId: 'same', status: null }) },
    });
    await stage.go();
    const requests = await Promise.all([stage.request(0), stage.request(1)]);
    const steps = requests.flatMap((request) => request.steps);
    expect(steps.filter(({ taskId }) => taskId === 'same')).toHaveLength(1);
    expect(steps.filter(({ error }) => error?.code === 'wrong_answer')).toHaveLength(3);
  });

  test.each(answers)('Stream answers %j: called %i times', async (answer, calls, isRepeat) => {
    const stage = await setStage({ only: 'stream', stream: once(answer) });
    await stage.go();
    expect(stage.stream.count('submit', 'export_feeds ada')).toBe(calls);
    expect(stage.stream.count('submit', 'export_users ada')).toBe(1);
    const step = await stage.step('export_feeds');
    expect(step.attempts).toBe(calls);
    expect(step.note?.startsWith('repeated') ?? false).toBe(isRepeat);
  });

  test.each(answers.filter(([{ kind }]) => !['lost', 'unavailable'].includes(kind)))(
    'Sendbird answers %j: called %i times, its list not searched',
    async (answer, calls) => {
      const stage = await setStage({ only: 'sendbird', sendbird: once(answer) });
      await stage.go();
      expect(stage.sendbird.count('submit')).toBe(calls);
      expect(stage.sendbird.count('search')).toBe(0);
    },
  );

  it('is not repeated before the time that a 429 told', async () => {
    const told = 45_000;
    const stage = await setStage({
      only: 'sendbird',
      sendbird: {
        submit: (_, n) =>
          n === 1
            ? { kind: 'limited', error: fault('rate_limited'), retryAt: stage.clock.now() + told }
            : undefined,
      },
    });
    const start = stage.clock.now();
    await stage.go();
    const times = stage.sendbird.heard.filter(({ what }) => what === 'submit').map(({ at }) => at);
    expect(times.map((at) => at - start)).toEqual([0, told]);
  });

  it('is recorded whatever a 429 told: half milliseconds too', async () => {
    const stage = await setStage({
      only: 'sendbird',
      sendbird: {
        submit: (_, n) =>
          n === 1
            ? { kind: 'limited', error: fault('x'), retryAt: stage.clock.now() + 10.5 }
            : undefined,
      },
    });
    await stage.go();
    expect((await stage.request()).state).toBe('completed');
  });
});

describe.each(['lost', 'unavailable'] as const)('a Sendbird call whose answer is %s', (kind) => {
  const doubt: Submission = { kind, error: fault('answer_lost') };

  it('is found in the list, adopted, and not made again', async () => {
    const since: number[] = [];
    const stage = await setStage({
      only: 'sendbird',
      sendbird: {
        ...once(doubt),
        search: (_, from) => {
          since.push(from);
          return { kind: 'listed', tasks: [found('theirs'), found('later')] };
        },
      },
    });
    const start = stage.clock.now();
    await stage.go();
    expect(stage.sendbird.count('submit')).toBe(1);
    expect(since).toEqual([start - 120_000]);
    const step = await stage.step('access');
    expect(step).toMatchObject({ state: 'succeeded', taskId: 'theirs', attempts: 1 });
    expect(step.note).toContain('later');
    const calls = await stage.ledger.calls(stage.ids[0] ?? '');
    expect(calls.map(({ state, taskId, replaces }) => ({ state, taskId, replaces }))).toEqual([
      { state: 'replaced', taskId: null, replaces: null },
      { state: 'accepted', taskId: 'theirs', replaces: calls[0]?.id },
    ]);
  });

  it('is made once more when two searches a while apart do not find it', async () => {
    const stage = await setStage({ only: 'sendbird', sendbird: once(doubt) });
    await stage.go();
    expect(stage.sendbird.count('submit')).toBe(2);
    const order = stage.sendbird.heard.map(({ what }) => what).slice(0, 4);
    expect(order).toEqual(['submit', 'search', 'search', 'submit']);
    const [, first, second] = stage.sendbird.heard;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(PATIENCE);
    expect(await stage.step('access')).toMatchObject({
      state: 'succeeded',
      attempts: 2,
      note: expect.stringContaining('repeated'),
    });
  });

  it('is found at the second search', async () => {
    const stage = await setStage({
      only: 'sendbird',
      sendbird: {
        ...once(doubt),
        search: (_, _since, n) => ({ kind: 'listed', tasks: n === 1 ? [] : [found('theirs')] }),
      },
    });
    await stage.go();
    expect(stage.sendbird.count('submit')).toBe(1);
    expect((await stage.step('access')).taskId).toBe('theirs');
  });

  it('does not adopt a task that another step has', async () => {
    const stage = await setStage({
      users: ['ada', 'grace'],
      only: 'sendbird',
      sendbird: {
        submit: ({ subjectIds: [id] }, n) => {
          if (id === 'ada') return { kind: 'accepted', taskId: 'of-ada', status: null };
          return n === 2 ? doubt : undefined;
        },
        search: () => ({ kind: 'listed', tasks: [found('of-ada'), found('of-grace')] }),
      },
    });
    await stage.go();
    expect((await stage.step('access', 1)).taskId).toBe('of-grace');
  });

  it('is searched for again, not made again, when the list cannot be had', async () => {
    const stage = await setStage({
      only: 'sendbird',
      sendbird: {
        ...once(doubt),
        search: () => ({ kind: 'unavailable', error: fault('http_503') }),
      },
    });
    await stage.go();
    expect(stage.sendbird.count('submit')).toBe(1);
    expect(stage.breaker.stoppage('sendbird')?.kind).toBe('unavailable');
    expect((await stage.step('access')).finishedAt).toBeNull();
  });
});

async function crashed(options: Parameters<typeof setStage>[0]): Promise<Stage> {
  const stage = await setStage({ ...options, isAlive: () => false });
  const dead = { ...holder('dead'), process: { ...holder('dead').process, pid: 99 } };
  await stage.ledger.take(stage.ids, dead, stage.clock.now());
  for (const step of (await stage.request()).steps) {
    const { change } = intend([step], null, `call_of_${step.operation}`, stage.clock.now());
    await stage.ledger.record('dead', change);
  }
  return stage;
}

describe('a step that a crash left intended', () => {
  it('Stream: is asked for again and says so', async () => {
    const stage = await crashed({ only: 'stream' });
    await stage.go();
    expect(stage.stream.count('submit')).toBe(2);
    for (const step of (await stage.request()).steps) {
      expect(step).toMatchObject({ state: 'succeeded', attempts: 2 });
      expect(step.note).toContain('repeated');
    }
  });

  it('Sendbird: is found in the list and not asked for again', async () => {
    const stage = await crashed({
      only: 'sendbird',
      sendbird: {
        search: () => ({
          kind: 'listed',
          tasks: [{ taskId: 'theirs', createdAt: 0, status: 'processing' }],
        }),
      },
    });
    await stage.go();
    expect(stage.sendbird.count('submit')).toBe(0);
    expect(await stage.step('access')).toMatchObject({ state: 'succeeded', taskId: 'theirs' });
  });
});

describe('a file that does not come', () => {
  it('is fetched three times by a link that is asked for anew, and then fails', async () => {
    const stage = await setStage({
      only: 'stream',
      stream: {
        collect: ({ operation }) => (operation === 'export_users' ? file('{"cut":') : undefined),
      },
    });
    await stage.go();
    expect(stage.stream.count('collect', 'export_users ada')).toBe(3);
    expect(stage.stream.count('submit', 'export_users ada')).toBe(1);
    expect((await stage.step('export_users')).state).toBe('failed');
    expect((await stage.request()).state).toBe('partial');
  });

  const refused: Script = { collect: (_, n) => (n <= 3 ? closedLink() : undefined) };

  it("Sendbird's is asked for by a new call while the account is there", async () => {
    const stage = await setStage({ only: 'sendbird', sendbird: refused });
    await stage.go();
    expect(stage.sendbird.count('submit')).toBe(2);
    expect(stage.sendbird.count('lookup')).toBe(1);
    const step = await stage.step('access');
    expect(step).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect(step.note).toContain('access ada 1');
  });

  it("Sendbird's is not, once the account is gone", async () => {
    const stage = await setStage({
      only: 'sendbird',
      sendbird: { ...refused, lookup: () => false },
    });
    await stage.go();
    expect(stage.sendbird.count('submit')).toBe(1);
    expect(await stage.step('access')).toMatchObject({
      state: 'failed',
      error: { code: 'link_refused', passing: false },
    });
  });

  it("Stream's is never asked for by a new call", async () => {
    const stage = await setStage({
      only: 'stream',
      stream: { collect: closedLink },
    });
    await stage.go();
    expect(stage.stream.count('submit')).toBe(2);
    expect((await stage.request()).state).toBe('failed');
  });
});

describe('an export that is refused as unknown', () => {
  const unknown = { kind: 'absent', error: fault('not_found') } as const;

  it('is not found when nobody can see the account', async () => {
    const stage = await setStage({
      only: 'sendbird',
      sendbird: { submit: () => unknown, lookup: () => false },
    });
    await stage.go();
    expect(await stage.step('access')).toMatchObject({ state: 'not_found' });
  });

  it('fails when the account can be seen: it has not been exported', async () => {
    const stage = await setStage({ only: 'sendbird', sendbird: { submit: () => unknown } });
    await stage.go();
    expect(await stage.step('access')).toMatchObject({
      state: 'failed',
      error: { code: 'refused', passing: true },
    });
  });
});
