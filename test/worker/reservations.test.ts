import { expect, test } from 'vitest';
import { createReservations } from '../../src/worker/reservations.ts';

test('a task has one owner until it is released', () => {
  const reservations = createReservations();
  expect(reservations.take('app', 'task', 'ada')).toBe(true);
  expect(reservations.take('app', 'task', 'grace')).toBe(false);
  expect(reservations.take('other', 'task', 'grace')).toBe(true);
  reservations.release('app', 'task', 'grace');
  expect(reservations.isTaken('app', 'task')).toBe(true);
  reservations.release('app', 'task', 'ada');
  expect(reservations.isTaken('app', 'task')).toBe(false);
  expect(reservations.take('app', 'task', 'grace')).toBe(true);
});

test('an owner that has it twice keeps it until it is released twice', () => {
  const reservations = createReservations();
  reservations.take('app', 'task', 'ada');
  reservations.take('app', 'task', 'ada');
  reservations.release('app', 'task', 'ada');
  expect(reservations.take('app', 'task', 'grace')).toBe(false);
  reservations.release('app', 'task', 'ada');
  expect(reservations.take('app', 'task', 'grace')).toBe(true);
});
