import { describe, expect, it, test } from 'vitest';
import type { Outgoing } from '../../../src/providers/provider.ts';
import type { Submission } from '../../../src/requests/transitions/answers.ts';
import { retried } from '../../../src/requests/transitions/retried.ts';
import { CircuitBreaker } from '../../../src/worker/circuit-breaker.ts';
import { runWorker } from '../../../src/worker/worker.ts';
import { fault } from '../../requests/make.ts';
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

const lost: Submission = { kind: 'lost', error: fault('answer_lost') };
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

describe('a deletion at Stream whose answer is lost', () => {
  it('is sent once more with the same body, and an id that is unknown then counts as reported', async () => {
    const bodies: Outgoing[] = [];
    const stage = await setStage({
      users: people(3),
      plan: erasing(['delete_users']),
      stream: {
        submit(call, n) {
          bodies.push(call);
          if (n === 1) return lost;
          return call.subjectIds.includes('u001') ? unknown : undefined;
        },
      },
    });
    await stage.go();
    expect(bodies[1]).toEqual(bodies[0]);
    expect(await all(stage)).toEqual(['completed', 'completed', 'completed']);
    expect((await stage.step('delete_users', 1)).note).toContain('the first had arrived');
  });

  it('is in doubt when the second is lost too, and is not sent a third time', async () => {
    const stage = await setStage({
      plan: erasing(['delete_feeds', 'delete_users']),
      stream: nth('delete_feeds', lost, 1, 9),
    });
    await stage.go();
    await stage.go();
    expect(sizes(stage.stream, 'delete_feeds')).toEqual([1, 1]);
    expect(await stage.step('delete_feeds')).toMatchObject({ state: 'in_doubt' });
    expect(await stage.step('delete_users')).toMatchObject({ state: 'not_sent' });
    expect(await all(stage)).toEqual(['in_doubt']);
  });

  it('is not sent again when its hour is over', async () => {
    const stage = await setStage({ plan: erasing(['delete_users']), stream: nth('', lost, 1) });
    let first = true;
    const broken = {
      ...stage.work,
      ledger: {
        ...stage.ledger,
        record: async (...args: Parameters<typeof stage.ledger.record>) => {
          await stage.ledger.record(...args);
          if (first && args[1].calls !== undefined) {
            first = false;
            throw new Error('the process dies here');
          }
        },
      },
    };
    await expect(runWorker(sourceOf(stage.ids), 'ended', holder('me'), broken)).rejects.toThrow(
      'dies here',
    );
    expect(await stage.step('delete_users')).toMatchObject({ state: 'intended' });
    await stage.clock.sleep(HOUR + 1);
    await stage.go();
    expect(stage.stream.count('submit')).toBe(0);
    expect(await all(stage)).toEqual(['in_doubt']);
  });

  it('is in doubt also when its confirmation has run out meanwhile: it may have been sent', async () => {
    const stage = await setStage({
      plan: erasing(['delete_feeds', 'delete_users']),
      stream: { submit: () => ({ kind: 'unavailable', error: fault('unavailable') }) },
    });
    await stage.go();
    await stage.clock.sleep(8 * 24 * HOUR);
    const again = {
      ...stage.work,
      breaker: new CircuitBreaker(
        () => stage.clock.now(),
        () => 0.5,
        2_000,
      ),
    };
    await runWorker(sourceOf(stage.ids), 'ended', holder('me'), again);
    expect(stage.stream.count('submit')).toBe(2);
    expect(await all(stage)).toEqual(['in_doubt']);
  });

  it('a fault that the provider tells: once more in this run, then it is left planned', async () => {
    const stage = await setStage({
      plan: erasing(['delete_users']),
      stream: { submit: () => ({ kind: 'unavailable', error: fault('unavailable') }) },
    });
    await stage.go();
    expect(stage.stream.count('submit')).toBe(2);
    expect(await stage.step('delete_users')).toMatchObject({ state: 'planned' });
    expect(stage.breaker.stoppage('stream')).toMatchObject({ kind: 'unavailable' });
  });
});

describe('a deletion at Sendbird whose answer is lost', () => {
  const plan = erasing(['delete']);

  it('is adopted from the list', async () => {
    const stage = await setStage({
      users: people(3),
      plan,
      sendbird: {
        submit: () => lost,
        search: (_call, since) => ({
          kind: 'listed',
          tasks: [{ taskId: 'found', createdAt: since + 120_000, status: 'scheduled' }],
        }),
      },
    });
    await stage.go();
    expect(stage.sendbird.count('submit')).toBe(1);
    expect(await all(stage)).toEqual(['completed', 'completed', 'completed']);
    expect(await stage.step('delete')).toMatchObject({ taskId: 'found', subjects: 3 });
  });

  test.each([
    { visible: true, sent: 2, state: 'completed' },
    { visible: false, sent: 1, state: 'in_doubt' },
  ])('not in the list, visible $visible: sent $sent times, $state', async (row) => {
    let sent = 0;
    const stage = await setStage({
      plan,
      sendbird: {
        submit: () => ((sent += 1) === 1 ? lost : undefined),
        look: () => ({
          kind: 'looked',
          visible: new Set(row.visible && sent === 1 ? ['ada'] : []),
        }),
      },
    });
    await stage.go();
    expect(stage.sendbird.count('submit')).toBe(row.sent);
    expect(stage.sendbird.count('search')).toBe(2);
    expect(await all(stage)).toEqual([row.state]);
  });

  it('is in doubt when the second is lost too', async () => {
    const stage = await setStage({
      plan,
      sendbird: {
        submit: () => lost,
        look: () => ({ kind: 'looked', visible: new Set(['ada']) }),
      },
    });
    await stage.go();
    expect(stage.sendbird.count('submit')).toBe(2);
    expect(await all(stage)).toEqual(['in_doubt']);
  });
});

describe('what a hostile world has shown', () => {
  it('a deletion whose task cannot be read is not sent again: its task is asked about again', async () => {
    const unreadable = { kind: 'unreadable', error: fault('unreadable_answer') } as const;
    const stage = await setStage({
      plan: erasing(['delete']),
      sendbird: { check: (_call, n) => (n <= 3 ? unreadable : undefined) },
    });
    await stage.go();
    const [step] = (await stage.request()).steps;
    if (step === undefined) throw new Error('no step');
    expect(step).toMatchObject({ state: 'failed', error: { code: 'unreadable_answer' } });
    const asked = { failed: false, resend: false };
    await stage.ledger.record('me', retried([step], asked, stage.clock.now()));
    await stage.go();
    expect(stage.sendbird.count('submit')).toBe(1);
    expect(await all(stage)).toEqual(['completed']);
  });

  it('a call that is found in the list is found for all of its steps, those left alone included', async () => {
    let listed = false;
    const stage = await setStage({
      users: people(3),
      plan: erasing(['delete']),
      sendbird: {
        submit: () => lost,
        search: (_call, since) => ({
          kind: 'listed',
          tasks: listed ? [{ taskId: 'late', createdAt: since, status: 'done' }] : [],
        }),
      },
    });
    await stage.go();
    expect(await all(stage)).toEqual(['in_doubt', 'in_doubt', 'in_doubt']);
    listed = true;
    const step = await stage.step('delete');
    const asked = { failed: false, resend: false };
    await stage.ledger.record('me', retried([step], asked, stage.clock.now()));
    await stage.go();
    expect(await all(stage)).toEqual(['completed', 'completed', 'completed']);
  });

  it('a Sendbird deletion in doubt that is kept from being repeated for a day is not sent then', async () => {
    let sent = 0;
    const stage = await setStage({
      plan: erasing(['delete']),
      sendbird: {
        submit: () => {
          sent += 1;
          return sent === 1 ? lost : { kind: 'credentials', error: fault('credentials') };
        },
        look: () => ({ kind: 'looked', visible: new Set(['ada']) }),
      },
    });
    await stage.go();
    expect(await stage.step('delete')).toMatchObject({ state: 'planned' });
    const before = sent;
    await stage.clock.sleep(26 * HOUR);
    const again = {
      ...stage.work,
      breaker: new CircuitBreaker(
        () => stage.clock.now(),
        () => 0.5,
        2_000,
      ),
    };
    await runWorker(sourceOf(stage.ids), 'ended', holder('me'), again);
    expect(sent).toBe(before);
    expect(await all(stage)).toEqual(['in_doubt']);
  });

  it('a pass sends what is planned, however new what it knows of the provider is', async () => {
    const stage = await setStage({ plan: erasing(['delete_feeds']) });
    let ticks = 0;
    const ticking = { ...stage.clock, now: () => stage.clock.now() + (ticks += 1) };
    const breaker = new CircuitBreaker(ticking.now, () => 0.5, 2_000);
    await runWorker(sourceOf(stage.ids), 'idle', holder('me'), {
      ...stage.work,
      clock: ticking,
      breaker,
    });
    expect(stage.stream.count('submit')).toBe(1);
  });

  it('two runs that wait for each other both end', async () => {
    const stage = await setStage({ users: ['a', 'b'], plan: erasing(['delete_feeds']) });
    const [a = '', b = ''] = stage.ids;
    const now = stage.clock.now();
    await stage.ledger.take([a], holder('me'), now);
    await stage.ledger.take([b], holder('you'), now);
    const yours = { ...stage.work, token: 'you' };
    await Promise.all([stage.go(), runWorker(sourceOf(stage.ids), 'ended', holder('you'), yours)]);
    expect(await all(stage)).toEqual(['completed', 'completed']);
    expect(stage.stream.count('submit')).toBe(2);
  });
});
