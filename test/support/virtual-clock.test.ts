import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import { request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeHost } from './host.ts';
import { refuseJump, virtualClock } from './virtual-clock.ts';

describe('the virtual clock', () => {
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

  it.each<[string, () => Promise<unknown>]>([
    ['a file', () => readFile(import.meta.filename)],
    ['a process', () => promisify(execFile)('true')],
    ['a compression', () => promisify(deflateRaw)(Buffer.alloc(1_000_000))],
    ['a turn', () => fakeHost().clock.turn()],
    ['work it is told of', () => virtualClock().busy(() => readFile(import.meta.filename))],
  ])('stands still during %s', async (_, work) => {
    const { clock } = fakeHost();
    const start = clock.now();
    const late = clock.sleep(1);
    await work();
    expect(clock.now()).toBe(start);
    await late;
    expect(clock.now()).toBe(start + 1);
  });

  it('stands still during an exchange, but not while the server sleeps over it', async () => {
    const clock = virtualClock();
    const start = clock.now();
    const server = createServer((asked, response) => {
      const pause = asked.url === '/slow' ? 500 : 0;
      void clock.server.sleep(pause).then(() => response.end('here'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : null;
    const ask = async (path: string): Promise<number> => {
      const { body } = await request(`http://127.0.0.1:${port}${path}`);
      await body.text();
      return clock.now() - start;
    };
    const limit = clock.sleep(1_000);
    expect(await ask('/')).toBe(0);
    expect(await ask('/slow')).toBe(500);
    await limit;
    expect(clock.now() - start).toBe(1_000);
  });

  it('stands still for one who sleeps without end, until that is over', async () => {
    const host = fakeHost();
    const asleep = host.clock.sleep(Infinity, host.stop);
    await host.clock.sleep(5);
    host.interrupt();
    await asleep;
    expect(host.clock.monotonic()).toBe(5);
  });

  it('fails the test where it would move during work that it did not count', () => {
    expect(() => refuseJump(['TCPServerWrap', 'Timeout', 'Immediate'])).not.toThrow();
    const pending = readFile(import.meta.filename);
    expect(() => refuseJump(process.getActiveResourcesInfo())).toThrow(/time would move during FS/);
    return pending;
  });
});
