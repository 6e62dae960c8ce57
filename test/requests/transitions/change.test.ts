import { expect, test } from 'vitest';
import { failed } from '../../../src/requests/transitions/change.ts';
import { T0, fault, step } from '../make.ts';

test.each([
  [true, 0, true],
  [true, 2, true],
  [true, 3, false],
  [false, 0, false],
])('passing %s, repeated %i times: resume repeats it: %s', (passing, repeats, expected) => {
  const patch = failed(step({ repeats }), fault('task_failed', { passing }), T0);
  expect(patch).toMatchObject({ state: 'failed', finishedAt: T0, error: { passing: expected } });
});
