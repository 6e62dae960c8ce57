import { expect, it, test } from 'vitest';
import { standingOf } from '../../../src/report/ending/outcome.ts';
import { receiptOf } from '../../../src/requests/receipt.ts';
import type { Request, RequestState, Step } from '../../../src/requests/request.ts';
import {
  GONE,
  STILL_THERE,
  T0,
  access,
  account,
  fault,
  feeds,
  removal,
  request,
  step,
} from '../../requests/make.ts';

const reason = (state: RequestState, steps: readonly Step[], more: Partial<Request> = {}) =>
  standingOf(receiptOf(request({ state, steps, ...more }), null));

const done = step({ state: 'succeeded', finishedAt: T0 });
const END = { finishedAt: T0 } as const;

test.each([
  ['nothing, where all is well', 'completed', [feeds(GONE), account(GONE)], ''],
  [
    'what a note says of somebody completed',
    'completed',
    [removal({ ...GONE, note: 'already gone' })],
    'Sendbird account: already gone',
  ],
  [
    'the fault of the step that failed',
    'partial',
    [done, access({ state: 'failed', ...END, error: fault('x', { message: 'HTTP 400: no.' }) })],
    'Sendbird access: HTTP 400: no',
  ],
  [
    'a fault that two steps share, once',
    'failed',
    [
      feeds({ state: 'failed', ...END, error: fault('x') }),
      account({ state: 'failed', ...END, error: fault('x') }),
    ],
    'Stream feed data, Stream account: it says x',
  ],
  [
    'what is left out for it',
    'failed',
    [
      feeds({ state: 'failed', ...END, error: fault('x') }),
      account({ state: 'not_sent', ...END, note: 'nothing was sent' }),
    ],
    'Stream feed data: it says x; Stream account: nothing was sent',
  ],
  [
    'who was not found',
    'not_found',
    [account({ state: 'not_found', ...END }), removal({ state: 'not_found', ...END })],
    'Stream account, Sendbird account: not found',
  ],
  ['what is in doubt', 'in_doubt', [removal({ state: 'in_doubt' })], 'Sendbird account: in doubt'],
  [
    'what is still visible',
    'partial',
    [removal({ ...STILL_THERE, error: null })],
    'Sendbird account: reported done, still visible',
  ],
  [
    'what is running and what waits for it',
    'open',
    [feeds({ state: 'accepted' }), account()],
    'Stream feed data: running; Stream account: waits for feed data',
  ],
] as const)('%s', (_, state, steps, said) => {
  expect(reason(state, steps)).toBe(said);
});

it('says why somebody was settled by hand', () => {
  const closing = { reason: 'twice asked', operator: 'jane', at: T0 };
  const steps = [account({ state: 'failed', ...END, error: fault('x') })];
  expect(reason('closed', steps, { closing })).toBe(
    'closed by hand: twice asked; Stream account: it says x',
  );
});

it('is one line that no terminal obeys', () => {
  const message = 'line one\nline two\u001b[2J\u202e';
  const said = reason('failed', [account({ state: 'failed', error: fault('x', { message }) })]);
  expect(said).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(said).toContain('line two');
});
