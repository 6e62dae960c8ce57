import { expect, test } from 'vitest';
import { paintFor } from '../../src/report/text.ts';
import { fakeHost } from '../support/host.ts';

test.each([
  [true, {}, true, true],
  [false, {}, true, false],
  [true, {}, false, false],
  [true, { NO_COLOR: '1' }, true, false],
  [true, { NO_COLOR: '' }, true, true],
  [true, { NO_COLOR: '0' }, true, false],
  [true, { TERM: 'dumb' }, true, false],
  [true, { TERM: 'xterm' }, true, true],
  [false, { FORCE_COLOR: '1' }, true, true],
  [true, { FORCE_COLOR: '0' }, true, false],
  [false, { FORCE_COLOR: '' }, true, false],
  [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  [false, { FORCE_COLOR: '1' }, false, false],
])('terminal %s, %j, allowed %s: colour %s', (isTTY, env, allowed, coloured) => {
  const output = { ...fakeHost().stdout, isTTY };
  expect(paintFor(output, env, allowed).red('x').includes('\u001b')).toBe(coloured);
});
