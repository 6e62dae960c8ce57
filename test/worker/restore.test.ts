import { describe, expect, it } from 'vitest';
import type { Submission } from '../../src/requests/transitions/answers.ts';
import { fault } from '../requests/make.ts';
import { erasing, people } from './erasures.ts';
import type { FakeProvider } from './fake-provider.ts';
import { type Stage, setStage } from './stage.ts';

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
describe('restore', () => {
  const plan = erasing(['restore_users']);

  it('250 people: 3 calls, no task, and a look that says who is back', async () => {
    const stage = await setStage({
      users: people(250),
      plan,
      stream: { submit: () => ({ kind: 'done' }) },
    });
    await stage.go();
    expect(sizes(stage.stream, 'restore_users')).toEqual([100, 100, 50]);
    expect(stage.stream.count('check')).toBe(0);
    expect(new Set(await all(stage))).toEqual(new Set(['completed']));
  });

  it('one bad id does not sink the rest; the look-up tells active from unknown', async () => {
    const active = 'u001';
    const nobody = 'u003';
    const stage = await setStage({
      users: people(5),
      plan,
      stream: {
        submit: ({ subjectIds }) =>
          subjectIds.includes(active) || subjectIds.includes(nobody)
            ? { kind: 'refused', error: fault('refused', { passing: false, providerCode: 4 }) }
            : { kind: 'done' },
        look: ({ subjectIds }) => ({
          kind: 'looked',
          visible: new Set(subjectIds.filter((id) => id !== nobody)),
        }),
      },
    });
    await stage.go();
    const states = await Promise.all(
      stage.ids.map(async (_, index) => (await stage.step('restore_users', index)).state),
    );
    expect(states).toEqual(['succeeded', 'already_active', 'succeeded', 'not_found', 'succeeded']);
  });

  it('a lost answer: the look-up decides', async () => {
    const stage = await setStage({ users: people(2), plan, stream: { submit: () => lost } });
    await stage.go();
    expect(stage.stream.count('submit')).toBe(1);
    expect(await all(stage)).toEqual(['completed', 'completed']);
  });

  it('a lost answer, and nobody is back: sent again', async () => {
    let back = false;
    const stage = await setStage({
      plan,
      stream: {
        submit: (_call, n) => {
          back = n > 1;
          return n === 1 ? lost : { kind: 'done' };
        },
        look: ({ subjectIds }) => ({ kind: 'looked', visible: new Set(back ? subjectIds : []) }),
      },
    });
    await stage.go();
    expect(stage.stream.count('submit')).toBe(2);
    expect(await all(stage)).toEqual(['completed']);
  });
});
