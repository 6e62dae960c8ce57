import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { createTokens } from '../../../src/providers/stream/client.ts';
import { Secret } from '../../../src/secret.ts';
import { START } from '../stage.ts';

function clocked() {
  const clock = { at: START, now: () => clock.at };
  return { clock, tokens: createTokens(clock) };
}

test('one token serves the calls of a while, and is renewed long before it ends', async () => {
  const { clock, tokens } = clocked();
  const secret = new Secret('s3cret');
  const first = await tokens.tokenFor(secret);
  clock.at += 149_000;
  expect(await tokens.tokenFor(secret)).toBe(first);
  clock.at += 1_000;
  const second = await tokens.tokenFor(secret);
  expect(second).not.toBe(first);
  expect(decodeJwt(first).exp).toBeGreaterThan(clock.at / 1_000 + 100);
  expect(decodeJwt(second).iat).toBe(clock.at / 1_000 - 5);
});

test('another secret has a token of its own', async () => {
  const { tokens } = clocked();
  const first = await tokens.tokenFor(new Secret('s3cret'));
  expect(await tokens.tokenFor(new Secret('renewed'))).not.toBe(first);
});

test('a clock that was set back does not make it a token of the future', async () => {
  const { clock, tokens } = clocked();
  const secret = new Secret('s3cret');
  await tokens.tokenFor(secret);
  clock.at -= 3_600_000;
  expect(decodeJwt(await tokens.tokenFor(secret)).iat).toBe(clock.at / 1_000 - 5);
});
