import type { Clock } from '../../src/host/host.ts';
import { systemClock } from '../../src/host/system-clock.ts';

/**
 * The system's clock on which time passes so many times as fast: every pause, limit and window is as
 * much shorter. Whoever compares times with each other must be given the same one.
 */
export function swiftClock(times: number): Clock {
  const began = { now: systemClock.now(), monotonic: systemClock.monotonic() };
  const passed = (): number => (systemClock.monotonic() - began.monotonic) * times;
  return {
    ...systemClock,
    now: () => Math.floor(began.now + passed()),
    monotonic: () => began.monotonic + passed(),
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  };
}
