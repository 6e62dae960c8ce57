import { Command } from 'commander';
import { expect, test } from 'vitest';
import {
  declareWaitFlags,
  parseDuration,
  parseInterval,
  waitFlags,
} from '../../../src/commands/shared/flags.ts';

function parsed(...args: readonly string[]) {
  const command = declareWaitFlags(new Command());
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  return waitFlags(command.parse(args, { from: 'user' }).opts());
}

test('what is not said: wait, for ever, the share of the profile', () => {
  expect(parsed()).toEqual({ wait: true, timeout: null, pollInterval: 2_000, rateShare: null });
});

test('what is said', () => {
  const flags = ['--no-wait', '--timeout', '3h', '--poll-interval', '500ms', '--rate-share', '1'];
  expect(parsed(...flags)).toEqual({
    wait: false,
    timeout: 10_800_000,
    pollInterval: 500,
    rateShare: 1,
  });
});

test.each(['0', '1.1', '-0.5', 'half', ' ', ''])('--rate-share %j is refused', (share) => {
  expect(() => parsed('--rate-share', share)).toThrow(/above 0 and at most 1/);
});

test.each([
  ['500ms', 500],
  ['1.5m', 90_000],
  ['2s', 2_000],
  ['1d', 86_400_000],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '2', 's', '2 s', '-2s', '1e3s', '2S'])('%j is no duration', (text) => {
  expect(() => parseDuration(text)).toThrow(/written like/);
});

test('no interval is nothing', () => {
  expect(() => parseInterval('0s')).toThrow(/1ms/);
});
