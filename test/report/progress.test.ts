import { describe, expect, it } from 'vitest';
import { plainProgress, silent, warnOfLongWait } from '../../src/report/progress.ts';
import { STILL_THERE, T0, access, account, feeds, removal, step } from '../requests/make.ts';
import { fakeHost } from '../support/host.ts';

function plain(steps = 3) {
  const host = fakeHost();
  return { ...host, progress: plainProgress(host.stderr, host.clock, steps), out: host.stderr };
}

describe('plainProgress', () => {
  it('says at most one line every few seconds, and then what is true by now', () => {
    const { progress, clock, out } = plain();
    const lines = (): string[] => out.text.split('\n').slice(0, -1);
    progress.step(step({ state: 'accepted' }));
    for (let times = 0; times < 49; times += 1) {
      clock.advance(100);
      progress.step(access({ state: 'accepted' }));
    }
    expect(lines()).toEqual(['Stream users: running']);
    clock.advance(100);
    progress.step(step({ state: 'succeeded' }));
    expect(lines()).toEqual([
      'Stream users: running',
      'Stream users: done · Sendbird access: running',
    ]);
    for (let times = 0; times < 1_000; times += 1) {
      clock.advance(100);
      progress.step(access({ state: 'reported' }));
    }
    expect(lines()).toHaveLength(22);
    progress.stop();
  });

  it('counts when there are many, and calls nothing done that is not', () => {
    const { progress, clock, out } = plain(6);
    for (const [index, state] of (
      ['accepted', 'reported', 'in_doubt', 'planned', 'succeeded', 'failed'] as const
    ).entries()) {
      const hasEnded = state === 'succeeded' || state === 'failed';
      progress.step(step({ id: `${index}`, state, finishedAt: hasEnded ? T0 : null }));
    }
    clock.advance(10_000);
    progress.step(step({ id: '0', state: 'accepted', checks: 1 }));
    expect(out.text.split('\n').at(-2)).toBe('2/6 steps ✓ 1 ✗ 1 · ? 1');
  });

  it('says what a deletion waits for, and that what is reported is not done yet', () => {
    const { progress, out } = plain();
    progress.step(feeds({ state: 'reported' }));
    progress.step(account({ blocked: true }));
    progress.step(feeds({ requestId: 'req_2', id: 'req_2/delete_feeds', state: 'accepted' }));
    progress.stop();
    expect(out.text.split('\n').at(-2)).toBe(
      'Stream feed data: reported done, being checked · Stream account: not sent yet · Stream feed data: running',
    );
  });

  it('counts what is checked, in doubt, not sent and contradicted', () => {
    const { progress, out } = plain(300);
    progress.step(account({ id: '1', state: 'reported' }));
    progress.step(account({ id: '2', state: 'in_doubt', blocked: true }));
    progress.step(account({ id: '3', state: 'not_sent', finishedAt: T0 }));
    progress.step(removal({ ...STILL_THERE, id: '4' }));
    progress.step(step({ id: '5', state: 'reported' }));
    progress.stop();
    expect(out.text.split('\n').at(-2)).toBe('2/300 steps ✓ 0 ✗ 2 · ? 1 · 1 being checked');
  });

  it('ends with what is true, not with what was true five seconds ago', () => {
    const { progress, out } = plain();
    progress.step(step({ state: 'accepted' }));
    progress.step(step({ state: 'succeeded' }));
    progress.stop();
    progress.stop();
    expect(out.text).toBe('Stream users: running\nStream users: done\n');
  });

  it('has no control characters but line ends', () => {
    const { progress, out } = plain();
    progress.step(step({ state: 'accepted' }));
    progress.say('A sentence.');
    expect(out.text).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});

it('says once, and at once, that a Sendbird export takes long', () => {
  const { progress, out } = plain();
  const warned = warnOfLongWait(progress);
  warned.step(step({ state: 'accepted' }));
  expect(out.text).not.toContain('hours');
  warned.step(removal({ state: 'accepted' }));
  warned.step(access({ state: 'intended' }));
  expect(out.text).not.toContain('hours');
  warned.step(access({ state: 'accepted' }));
  warned.step(access({ id: 'another', state: 'accepted' }));
  expect(out.text.match(/1 to 3 hours\. Leaving is safe/g)).toHaveLength(1);
});

it('--quiet says nothing', () => {
  expect([silent.step(step()), silent.say('x'), silent.stop()]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
