import { describe, expect, it } from 'vitest';
import { SENDBIRD_APP_ID, originOf, sendbirdOrigin } from '../../src/config/base-url.ts';

describe('originOf', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://API.example.com:443/', 'https://api.example.com'],
    ['https://api.example.com:8443/v3', 'https://api.example.com:8443'],
    ['https://api-x.sendbird.com/v3/', 'https://api-x.sendbird.com'],
    ['http://localhost:4280', 'http://localhost:4280'],
    ['http://127.0.0.1:4280/v3', 'http://127.0.0.1:4280'],
    ['http://127.9.9.9', 'http://127.9.9.9'],
    ['http://[::1]:1', 'http://[::1]:1'],
  ])('reads %s', (text, origin) => {
    expect(originOf(text)).toBe(origin);
  });

  it.each([
    '',
    'example.com',
    'ftp://example.com',
    'http://example.com',
    'http://10.0.0.1',
    'http://0.0.0.0',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://127.evil.example',
    'http://[::2]',
    'https://u:p@example.com',
    'https://u@example.com',
    'https://@example.com',
    'https://example.com?x',
    'https://example.com/?x=1',
    'https://example.com#f',
    'https://example.com/api/v2',
    'https://example.com/v3/users',
    'https://example.com//',
    'https:\\\\example.com',
    'https:example.com',
    ' https://example.com',
    'https://example.com\n',
    'https://exa mple.com',
    'https://example.com:99999',
    'https://',
  ])('refuses %j', (text) => {
    expect(originOf(text)).toBeNull();
  });
});

it('keeps an application id from changing the host', () => {
  expect(sendbirdOrigin('9DA1B1F4-0BE6')).toBe('https://api-9da1b1f4-0be6.sendbird.com');
  for (const id of [
    '',
    'a.b',
    'a/b',
    'a@b',
    'a#',
    'a?',
    'a b',
    'a:1',
    'ä',
    'a\n',
    'x'.repeat(60),
  ]) {
    expect(SENDBIRD_APP_ID.test(id)).toBe(false);
  }
});
