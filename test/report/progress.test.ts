import { describe, expect, it } from 'vitest';
import { plainProgress, silent, warnOfLongWait } from '../../src/report/progress.ts';
import { T0, access, step } from '../requests/make.ts';
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
    expect(out.text.split('\n').at(-2)).toBe('2/6 steps ✓ 1 ✗ 1');
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
