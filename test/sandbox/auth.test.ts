import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, KEY, SECRET, START, TOKEN, openBox, send, serverToken } from './box.ts';

let box: Box;
beforeAll(async () => {
  box = await openBox();
});
afterAll(() => box.close());

const NOW = START / 1000;

function ask(authorization: string, more: { type?: string; key?: string } = {}) {
  const { type = 'jwt', key = KEY } = more;
  const url = `${box.sandbox.origin}/api/v2/rate_limits?api_key=${key}`;
  return send('GET', url, { authorization, 'stream-auth-type': type }, null);
}

describe('Stream', () => {
  test.each([
    ['server claim', { server: true }],
    ['no claim at all', {}],
    ['times that hold', { server: true, iat: NOW - 5, nbf: NOW - 5, exp: NOW + 60 }],
  ])('accepts a token with %s', async (_name, claims) => {
    expect((await ask(await serverToken(claims))).status).toBe(200);
  });

  test.each([
    ['an expired token', { exp: NOW - 1 }, 401, 40],
    ['a token not valid yet', { nbf: NOW + 5 }, 401, 41],
    ['a token from the future', { iat: NOW + 1 }, 401, 42],
    ["a user's token", { user_id: 'ada' }, 403, 17],
  ])('refuses %s', async (_name, claims, status, code) => {
    const reply = await ask(await serverToken(claims));
    expect(reply.status).toBe(status);
    expect(reply.json).toMatchObject({ code, StatusCode: status, details: [] });
    expect(reply.json['message']).toMatch(/^GetRateLimits failed with error: ".+"$/);
  });

  test('refuses another secret with code 43', async () => {
    const reply = await ask(await serverToken({ server: true }, `${SECRET}x`));
    expect([reply.status, reply.json['code']]).toEqual([401, 43]);
  });

  test('refuses a Bearer prefix, another auth type, no token and other algorithms', async () => {
    const token = await serverToken({ server: true });
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`;
    const hs512 = await new SignJWT({ server: true })
      .setProtectedHeader({ alg: 'HS512' })
      .sign(new TextEncoder().encode(SECRET.repeat(2)));
    const replies = await Promise.all([
      ask(`Bearer ${token}`),
      ask(token, { type: 'anonymous' }),
      ask(''),
      ask(none),
      ask(hs512),
    ]);
    expect(replies.map((reply) => [reply.status, reply.json['code']])).toEqual(
      replies.map(() => [401, 5]),
    );
  });

  test('refuses another api_key with code 2', async () => {
    const reply = await ask(await serverToken({ server: true }), { key: 'other' });
    expect([reply.status, reply.json['code']]).toEqual([401, 2]);
  });
});

describe('Sendbird', () => {
  test.each([
    [TOKEN, 200, undefined],
    [`Bearer ${TOKEN}`, 400, 400401],
    ['', 400, 400401],
  ])('answers Api-Token "%s" with %i', async (token, status, code) => {
    const reply = await send('GET', `${box.sandbox.origin}/v3/users`, { 'api-token': token }, null);
    expect([reply.status, reply.json['code']]).toEqual([status, code]);
  });
});

test('the log holds no credential', async () => {
  await box.stream('POST', '/api/v2/users/restore', { user_ids: ['ada'] });
  await box.sendbird('GET', '/v3/users/ada');
  const text = JSON.stringify(box.log);
  expect(box.log.at(-1)).toMatchObject({ operation: 'getUser', path: '/v3/users/ada' });
  expect(text).not.toContain(TOKEN);
  expect(text).not.toContain(KEY);
  expect(text).not.toContain('eyJ');
});
