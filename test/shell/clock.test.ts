import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/host/system-clock.ts';
import { isMisdated } from '../../src/requests/polling.ts';
import { isTooOld } from '../../src/requests/transitions/sent.ts';
import { setProcessStage, setStage } from '../e2e/stage.ts';
import { T0, account } from '../requests/make.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';
import { program } from './program.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

afterEach(() => {
  vi.restoreAllMocks();
});

test('a deletion in doubt whose intent lies in the future is nobody’s to send again', () => {
  const sent = account({ doubts: 1, intendedAt: T0 });
  expect(isTooOld(sent, T0 - 60_000)).toBe(false);
  expect(isTooOld(sent, T0 - 2 * HOUR)).toBe(true);
  expect(isTooOld(sent, T0 + 2 * HOUR)).toBe(true);
});

test('an instant further ahead than a quarter of an hour is no wait of ours', () => {
  expect([null, T0, T0 + HOUR / 12, T0 + HOUR / 4].map((at) => isMisdated(at, T0))).not.toContain(
    true,
  );
  expect(isMisdated(T0 + HOUR / 4 + 1, T0)).toBe(true);
});

/** The clock of somebody whose machine is wrong by so much. */
function wrong(clock: VirtualClock, by: () => number): VirtualClock {
  return { ...clock, now: () => clock.now() + by() };
}

const WAIT = ['--poll-interval', '5ms', '--timeout', '20s', '--json'];

describe('a clock that was wrong', () => {
  test.each([
    ['a year ahead', YEAR],
    ['a year behind', -YEAR],
    ['two hours ahead', 2 * HOUR],
    ['a century ahead', 100 * YEAR],
  ])('%s, and is right again: the work goes on', async (_, ms) => {
    const { sandbox, env, clock } = await setStage({ taskTime: 100 });
    let ahead = ms;
    const operator = program(
      { ...env, STREAM_BASE_URL: sandbox.origin },
      wrong(clock, () => ahead),
    );
    const sent = await operator.gdpr(
      'export',
      'ada',
      '--provider',
      'sendbird',
      '--no-wait',
      ...WAIT,
    );
    expect(sent.code).toBe(8);
    ahead = 0;
    const { code, out } = await operator.gdpr('resume', ...WAIT);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ state: 'completed' });
  });

  test('tokens from a wrong clock are refused by Stream, and it says what may be wrong', async () => {
    const { env, clock } = await setStage();
    const operator = program(
      env,
      wrong(clock, () => HOUR),
    );
    const { code, err } = await operator.gdpr('export', 'ada', '--provider', 'stream', ...WAIT);
    expect(code).toBe(4);
    expect(err).toContain('clock right');
  });
});

test('a clock that is set back again and again while it works: nothing waits for it', async () => {
  const right = Date.now.bind(Date);
  const { env, log } = await setProcessStage({ taskTime: 50 });
  let asked = 0;
  const jumps = [0, -10_000, 3, -HOUR, -3, -DAY, -YEAR, 0];
  vi.spyOn(Date, 'now').mockImplementation(() => {
    asked += 1;
    return right() + (jumps[asked % jumps.length] ?? 0);
  });
  const { code, out } = await program(env, { ...virtualClock(), ...systemClock }).gdpr(
    'export',
    'ada',
    ...WAIT,
  );
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ state: 'completed' });
  expect(log.length).toBeGreaterThan(5);
});
