import { expect, test } from 'vitest';
import { createFresh } from '../../src/providers/check-all.ts';

function clocked() {
  const clock = { at: 1_000, now: () => clock.at };
  return { clock, fresh: createFresh<string>(clock) };
}

test('what was kept is had once', () => {
  const { fresh } = clocked();
  fresh.keep('task', 'view');
  expect([fresh.take('task'), fresh.take('task'), fresh.take('other')]).toEqual([
    'view',
    null,
    null,
  ]);
});

test('and not for long, nor when the clock was set back', () => {
  const { clock, fresh } = clocked();
  fresh.keep('task', 'view');
  clock.at += 60_000;
  expect(fresh.take('task')).toBeNull();
  fresh.keep('task', 'view');
  clock.at -= 1;
  expect(fresh.take('task')).toBeNull();
});

test('the oldest go when there are many', () => {
  const { fresh } = clocked();
  for (let task = 0; task <= 1_000; task += 1) fresh.keep(`task-${task}`, 'view');
  expect([fresh.take('task-0'), fresh.take('task-1'), fresh.take('task-1000')]).toEqual([
    null,
    'view',
    'view',
  ]);
});
