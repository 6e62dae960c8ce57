import { describe, expect, it } from 'vitest';
import type { TaskReport } from '../../src/requests/transitions/answers.ts';
import { createPollSchedule } from '../../src/worker/poll-schedule.ts';
import { people } from './erasures.ts';
import type { Script } from './fake-provider.ts';
import { type Stage, setStage } from './stage.ts';

const running: TaskReport = { kind: 'running', status: 'processing' };

describe('sweeps', () => {
  it('are spaced by their pages once the first are used up, up to the longest interval', () => {
    const schedule = createPollSchedule(2_000);
    const spaces = [10, 10, 10, 10, 10, 1, 3, 50].map((pages) => {
      schedule.begin(0, pages * 100);
      return schedule.nextAt;
    });
    expect(spaces).toEqual([2_000, 2_000, 2_000, 2_000, 30_000, 3_000, 9_000, 30_000]);
  });

  it('that have news may be made again soon', () => {
    const schedule = createPollSchedule(2_000);
    for (let times = 0; times < 4; times += 1) schedule.begin(0, 1_000);
    schedule.found(100);
    schedule.begin(0, 1_000);
    expect(schedule.nextAt).toBe(2_000);
    schedule.begin(0, 1_000);
    expect(schedule.nextAt).toBe(30_000);
  });
});

/** When the list was read, and how many tasks were looked for, in ms since the start. */
function sweepsOf(stage: Stage, start: number): Map<number, number> {
  const schedule = new Map<number, number>();
  for (const { what, at } of stage.sendbird.heard) {
    if (what === 'check') schedule.set(at - start, (schedule.get(at - start) ?? 0) + 1);
  }
  return schedule;
}

describe('many running tasks of a provider that lists them', () => {
  it('1,000 that take long: two sweeps a minute after the first, each about all of them', async () => {
    const stage = await setStage({
      users: people(1_000),
      only: 'sendbird',
      outstanding: 2_000,
      sendbird: { check: () => running },
    });
    const start = stage.clock.now();
    const over = stage.go();
    await stage.clock.sleep(125_000);
    stage.stop.abort();
    await over;
    const schedule = [...sweepsOf(stage, start)].filter(([at]) => at >= 60_000);
    const second = schedule.filter(([at]) => at < 120_000);
    expect(second.length).toBeLessThanOrEqual(2);
    expect(second.length).toBeGreaterThanOrEqual(1);
    expect(schedule.every(([, tasks]) => tasks === 1_000)).toBe(true);
  });

  it('one alone is found soon after it is done', async () => {
    const stage = await setStage({
      only: 'sendbird',
      sendbird: { check: () => (stage.clock.now() - start < 3_000 ? running : undefined) },
    });
    const start = stage.clock.now();
    await stage.go();
    expect([...sweepsOf(stage, start).keys()]).toEqual([2_000, 5_000]);
  });

  it('what is not due yet is looked for along with what is', async () => {
    const stage = await setStage({
      users: people(2),
      only: 'sendbird',
      sendbird: {
        submit: async (_, n) => {
          await stage.clock.sleep(n === 1 ? 0 : 1_000);
          return undefined;
        },
        check: () => (stage.clock.now() - start < 4_000 ? running : undefined),
      },
    });
    const start = stage.clock.now();
    await stage.go();
    expect([...sweepsOf(stage, start)][0]).toEqual([2_000, 2]);
  });

  it('bad news wait for their second look, whatever else is swept', async () => {
    const forgotten: Script['check'] = ({ subjectIds: [id] }) => {
      if (id !== 'u000') return stage.clock.now() - start < 60_000 ? running : undefined;
      const error = { code: 'task_lost', message: 'unknown', passing: true };
      return { kind: 'forgotten', error: { ...error, providerCode: null, httpStatus: null } };
    };
    const stage = await setStage({
      users: people(2),
      only: 'sendbird',
      sendbird: { check: forgotten },
    });
    const start = stage.clock.now();
    await stage.go();
    const looks = stage.sendbird.heard.filter(
      ({ what, about }) => what === 'check' && about === 'access u000',
    );
    expect(looks.map(({ at }) => at - start)).toHaveLength(2);
    expect((looks[1]?.at ?? 0) - (looks[0]?.at ?? 0)).toBeGreaterThanOrEqual(30_000);
  });
});
