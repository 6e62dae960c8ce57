import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  type Extent,
  type Progress,
  plainProgress,
  silent,
  spinnerProgress,
  warnOfLongWait,
} from '../../../src/report/progress/progress.ts';
import { STILL_THERE, T0, access, account, feeds, removal, step } from '../../requests/make.ts';
import { fakeHost } from '../../support/host.ts';

const ALONE: Extent = {
  people: 1,
  steps: 3,
  unsent: new Map(),
  limitOf: () => null,
  share: 1,
};

function plain(steps = 3, more: Partial<Extent> = {}) {
  const host = fakeHost();
  const progress = plainProgress(host.stderr, host.clock, { ...ALONE, steps, ...more });
  return { ...host, progress, out: host.stderr };
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

describe('the progress of a batch', () => {
  const BATCH = { people: 1_000, unsent: new Map([['delete_users' as const, 1_000]]) };
  const MINUTE = { limit: 6, remaining: 0, window: 60_000, resetAt: T0 + 60_000, perSecond: null };

  it('is by person: how many, how they ended, how fast, how long', () => {
    const { progress, clock, out } = plain(2_000, BATCH);
    progress.ended([]);
    clock.advance(15_400);
    progress.ended(Array.from({ length: 651 }, () => 'completed'));
    clock.advance(100);
    progress.ended(['failed', 'not_found', 'partial']);
    progress.stop();
    expect(out.text.split('\n')).toEqual([
      '0/1000 ✓ 0 ✗ 0',
      '651/1000 ✓ 651 ✗ 0 · 42.3/s · ETA 9s',
      '654/1000 ✓ 651 ✗ 3 · 42.2/s · ETA 9s',
      '',
    ]);
  });

  it('takes an answer that is in doubt for neither well nor ill', () => {
    const { progress, clock, out } = plain(2_000, BATCH);
    clock.advance(10_000);
    progress.ended(['completed', 'in_doubt', 'failed', 'in_doubt']);
    expect(out.text).toBe('4/1000 ✓ 1 ✗ 1 ? 2 · 0.4/s · ETA 42m\n');
  });

  it.each([
    [1_000, 60_000, '16.7/s · ETA 9m', { people: 10_000 }],
    [600, 60_000, '10.0/s · ETA 16m', { people: 10_000 }],
    [60, 60_000, '1.0/s · ETA 2h 46m', { people: 10_000 }],
    [60, 60_000, '1.0/s · ETA 12d', { people: 1_000_000 }],
    [3, 60_000, '3.0/min · ETA 5h 33m', { people: 1_000 }],
  ])('%i in %i ms: %s', (number, ms, said, more) => {
    const { progress, clock, out } = plain(2_000, { ...BATCH, ...more });
    clock.advance(ms);
    progress.ended(Array.from({ length: number }, () => 'completed'));
    expect(out.text).toContain(said);
  });

  it('promises nothing sooner than the limit in force allows', () => {
    const { progress, clock, out } = plain(2_000, { ...BATCH, limitOf: () => MINUTE });
    clock.advance(1_000);
    progress.ended(Array.from({ length: 300 }, () => 'completed'));
    expect(out.text).toContain('ETA 119s');
  });

  it('says at most one line every few seconds, whatever happens', () => {
    const { progress, clock, out } = plain(2_000, BATCH);
    for (let times = 0; times < 1_000; times += 1) {
      clock.advance(10);
      progress.ended(['completed']);
      progress.step(account({ id: `${times}`, state: 'accepted' }));
    }
    expect(out.text.split('\n')).toHaveLength(3);
    progress.stop();
    expect(out.text.split('\n').at(-2)).toBe('1000/1000 ✓ 1000 ✗ 0 · 100.0/s');
    clock.advance(60_000);
    progress.stop();
    expect(out.text.split('\n')).toHaveLength(4);
  });

  it('of a few steps tells these', () => {
    const { progress, out } = plain(2, { people: 2 });
    progress.step(removal({ state: 'accepted' }));
    expect(out.text).toBe('Sendbird account: running\n');
  });
});

/** A terminal of so many columns, and what was drawn there without what steers it. */
async function drawn(columns: number, tell: (progress: Progress) => void): Promise<string> {
  const host = fakeHost();
  const output = { ...host.stderr, isTTY: true, columns };
  Object.assign(output.stream, {
    isTTY: true,
    columns,
    clearLine() {},
    cursorTo() {},
    moveCursor() {},
  });
  const extent = { ...ALONE, people: 1_000, steps: 2_000 };
  const progress = await spinnerProgress(output, host.clock, extent);
  host.clock.advance(10_000);
  tell(progress);
  progress.stop();
  return stripVTControlCharacters(host.stderr.text);
}

describe('spinnerProgress', () => {
  it('draws what is true when it draws, and keeps what is said', async () => {
    const text = await drawn(80, (progress) => {
      progress.ended(['completed', 'failed']);
      progress.say('A sentence.');
    });
    expect(text).toMatch(/ A sentence\.\n/);
    expect(text).toContain('0/1000 ✓ 0 ✗ 0');
    expect(text).toContain('2/1000 ✓ 1 ✗ 1 · 0.2/s · ETA 84m');
  });

  it('keeps to one line of the terminal', async () => {
    const text = await drawn(20, (progress) => {
      progress.ended(['completed', 'failed']);
      progress.say('.');
    });
    const frames = text.match(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏][^⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ℹ\n]*/g) ?? [];
    expect(frames.some((frame) => frame.includes('2/1000 ✓ 1 ✗ 1 …'))).toBe(true);
    for (const frame of frames) expect(Array.from(frame.trimEnd()).length).toBeLessThan(20);
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
  expect([silent.step(step()), silent.ended([]), silent.say('x'), silent.stop()]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
