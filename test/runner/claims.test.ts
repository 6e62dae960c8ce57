import { expect, test } from 'vitest';
import { createClaims } from '../../src/runner/claims.ts';

test('a task has one owner until it is released', () => {
  const claims = createClaims();
  expect(claims.take('app', 'task', 'ada')).toBe(true);
  expect(claims.take('app', 'task', 'grace')).toBe(false);
  expect(claims.take('other', 'task', 'grace')).toBe(true);
  claims.release('app', 'task', 'grace');
  expect(claims.isTaken('app', 'task')).toBe(true);
  claims.release('app', 'task', 'ada');
  expect(claims.isTaken('app', 'task')).toBe(false);
  expect(claims.take('app', 'task', 'grace')).toBe(true);
});

test('an owner that has it twice keeps it until it is released twice', () => {
  const claims = createClaims();
  claims.take('app', 'task', 'ada');
  claims.take('app', 'task', 'ada');
  claims.release('app', 'task', 'ada');
  expect(claims.take('app', 'task', 'grace')).toBe(false);
  claims.release('app', 'task', 'ada');
  expect(claims.take('app', 'task', 'grace')).toBe(true);
});
