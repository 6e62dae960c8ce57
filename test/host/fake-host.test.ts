import { describe, expect, it } from 'vitest';
import { fakeHost } from '../support/host.ts';

describe('the fake clock', () => {
  it('wakes sleepers by their due time and moves the time to it', async () => {
    const { clock } = fakeHost();
    const start = clock.now();
    const woken: [string, number][] = [];
    const sleeper = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push([name, clock.now() - start]);
    };
    await Promise.all([sleeper('c', 300), sleeper('a', 100), sleeper('b', 100)]);
    expect(woken).toEqual([
      ['a', 100],
      ['b', 100],
      ['c', 300],
    ]);
    expect(clock.pauses).toEqual([300, 100, 100]);
  });

  it('lets what a woken sleeper does come before the next one', async () => {
    const { clock } = fakeHost();
    const seen: string[] = [];
    const chain = async () => {
      await clock.sleep(10);
      seen.push('10');
      await clock.sleep(10);
      seen.push('20');
    };
    const late = async () => {
      await clock.sleep(30);
      seen.push('30');
    };
    await Promise.all([late(), chain()]);
    expect(seen).toEqual(['10', '20', '30']);
  });

  it('ends a sleep at an abort without moving the time', async () => {
    const host = fakeHost();
    const start = host.clock.now();
    const asleep = host.clock.sleep(1000, host.stop);
    host.interrupt();
    await asleep;
    await host.clock.sleep(1000, host.stop);
    await host.clock.turn();
    expect(host.clock.now()).toBe(start);
    expect(host.stop.reason).toBe(130);
  });
});
