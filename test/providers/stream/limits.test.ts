import { afterEach, expect, test } from 'vitest';
import { START, type Stage, never, noSource, stage } from '../stage.ts';

let on: Stage;
afterEach(() => on.close());

const limit = (per: number, remaining: number) => ({
  limit: per,
  remaining,
  window: 60_000,
  resetAt: START + 30_000,
  perSecond: Math.max(1, Math.floor(per / 30)),
});

test('what was asked for and is told as agreed; the pace learns it', async () => {
  on = await stage('stream', ['limits']);
  const limits = await on.stream.limits(['delete_users', 'restore_users', 'export_users'], never);
  expect(limits).toEqual(
    new Map([
      ['delete_users', limit(6, 4)],
      ['restore_users', limit(60, 60)],
    ]),
  );
  expect(on.server.requests).toHaveLength(1);
  expect(on.server.requests[0]).toMatch(/^GET \/api\/v2\/rate_limits\?/);
  expect(new URL(on.server.requests[0]?.slice(4) ?? '', 'http://x').searchParams).toEqual(
    new URLSearchParams({
      api_key: 'k3y',
      server_side: 'true',
      endpoints: 'DeleteUsers,RestoreUsers,ExportUsers',
    }),
  );
  expect(on.learnt.get('stream:k3y:DeleteUsers')).toEqual(limit(6, 4));
  expect(on.learnt.has('stream:k3y:GetTask')).toBe(false);
});

test('feeds are asked for where feeds are, once', async () => {
  on = await stage('stream', ['limits']);
  expect(await on.stream.limits(['delete_feeds', 'export_feeds', 'delete_feeds'], never)).toEqual(
    new Map(),
  );
  expect(on.server.requests).toEqual([
    'GET /api/v2/feeds/feeds/rate_limits?api_key=k3y&server_side=true&endpoints=DeleteFeedUserData%2CExportFeedUserData',
  ]);
});

test('both where there are both, none for nothing', async () => {
  on = await stage('stream', ['limits']);
  expect((await on.stream.limits([], never)).size).toBe(0);
  expect(on.server.requests).toEqual([]);
  await on.stream.limits(['delete_users', 'delete_feeds'], never);
  expect(on.server.requests).toHaveLength(2);
});

test.each(['limits-none', 'limits-odd', 'bad-key', 'edge-503', 'edge-404', 'started-not-json'])(
  '%s: nothing is learnt, and nothing thrown',
  async (fixture) => {
    on = await stage('stream', [fixture]);
    expect(await on.stream.limits(['delete_users', 'restore_users'], never)).toEqual(new Map());
    expect([...on.learnt.keys()]).toEqual([]);
  },
);

test('nor without a secret', async () => {
  on = await stage('stream', ['limits'], { stream: noSource() });
  expect(await on.stream.limits(['delete_users'], never)).toEqual(new Map());
  expect(on.server.requests).toEqual([]);
});

test('Sendbird has no call that tells', async () => {
  on = await stage('sendbird', ['registered']);
  expect(await on.sendbird.limits(['access', 'delete'], never)).toEqual(new Map());
  expect(on.server.requests).toEqual([]);
});
