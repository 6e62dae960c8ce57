import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../src/app/connect.ts';
import type { Settings } from '../src/config/settings.ts';
import { type TestServer, serve } from './http/server.ts';
import { testClock } from './http/test-clock.ts';
import { source } from './providers/stage.ts';
import { fakeHost } from './support/host.ts';

const { signal } = new AbortController();
const call = { operation: 'export_users', subjectIds: ['ada'], options: {} } as const;

/** A profile whose Stream says that 100 calls a minute are allowed. */
async function profile(share: number): Promise<{ settings: Settings; server: TestServer }> {
  const server = await serve((_request, response) => {
    const reset = String(Math.ceil(testClock().now() / 1_000) + 60);
    const limits = { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '99' };
    response.writeHead(201, { ...limits, 'x-ratelimit-reset': reset }).end('{"task_id":"t"}');
  });
  onTestFinished(() => server.close());
  const { origin } = server;
  const settings: Settings = {
    chosen: null,
    among: [],
    rival: null,
    profile: 'p',
    source: 'a test',
    operator: 'jane',
    stream: { apiKey: 'k', apiSecret: source('s'), origin, products: ['chat'] },
    sendbird: null,
    deadline: { country: null, region: null, timeZone: 'UTC' },
    erase: { protected: [], stream: {} },
    rate: { share, outstanding: 1_000, start: { stream: 60, sendbird: 5 } },
    stateDir: '/nowhere',
    warnings: [],
  };
  return { settings, server };
}

test.each([
  [null, 0.5, 50],
  [0.1, 0.5, 10],
])('--rate-share %j, rate.share %d: %i of 100 calls', async (rateShare, share, ours) => {
  const { settings } = await profile(share);
  const clock = testClock();
  const host = { ...fakeHost(), clock };
  const connected = connect(settings, { pollInterval: 2_000, rateShare }, false, host);
  onTestFinished(() => connected.close());
  const stream = connected.providers.get('stream');
  if (stream === undefined) throw new Error('Stream is not there');
  expect(stream.admit('export_users')).toBeNull();
  await stream.submit(call, signal);
  expect(stream.calls).toBe(1);
  let admitted = 1;
  for (let ms = 0; ms < 59_000; ms += 100) {
    if (stream.admit('export_users') === null) admitted += 1;
    await clock.sleep(100);
  }
  expect(admitted).toBe(ours);
});

test('without a provider there is nothing to connect', async () => {
  const { settings } = await profile(1);
  const none = { ...settings, stream: null, source: 'the environment' };
  const pace = { pollInterval: 2_000, rateShare: null };
  const doing = (): unknown => connect(none, pace, false, fakeHost());
  expect(doing).toThrow('Neither Stream nor Sendbird is configured in the environment.');
  expect(doing).toThrow(expect.objectContaining({ fault: 'config', exit: 4 }));
});
