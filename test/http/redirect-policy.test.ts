import { expect, test } from 'vitest';
import { redirectFault } from '../../src/http/redirect-policy.ts';

const fault = (from: string, to: string): string | null =>
  redirectFault(new URL(from), new URL(to));

test.each([
  ['https://chat.stream-io-api.com', 'https://bucket.s3.amazonaws.com/x'],
  ['https://a.example', 'https://8.8.8.8/x'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:9090/x'],
  ['http://127.0.0.1:8080', 'http://localhost:9090/x'],
  ['http://127.0.0.1:8080', 'http://[::1]:9090/x'],
  ['http://127.0.0.1:8080', 'https://a.example/x'],
  ['https://10.0.0.1', 'https://10.0.0.2/x'],
  ['https://10.0.0.1', 'https://a.example/x'],
])('%s may lead to %s', (from, to) => {
  expect(fault(from, to)).toBeNull();
});

test.each([
  ['https://a.example', 'http://b.example/x', 'it is not https'],
  ['http://127.0.0.1', 'http://b.example/x', 'it is not https'],
  ['http://127.0.0.1', 'http://10.0.0.1/x', 'it is not https'],
  ['http://127.0.0.1', 'http://0.0.0.0/x', 'it is not https'],
  ['http://127.0.0.1', 'http://127.0.0.1.evil.example/x', 'it is not https'],
  ['http://127.0.0.1', 'file:///etc/passwd', 'it is not https'],
  ['http://127.0.0.1', 'ftp://127.0.0.1/x', 'it is not https'],
  ['http://127.0.0.1', 'data:text/plain,x', 'it is not https'],
  ['https://a.example', 'https://user:word@b.example/x', 'it holds credentials'],
  ['https://a.example', 'http://127.0.0.1/x', 'it leads into a private network'],
  ['https://a.example', 'https://localhost/x', 'it leads into a private network'],
  ['https://a.example', 'https://localhost./x', 'it leads into a private network'],
  ['https://a.example', 'https://api.localhost/x', 'it leads into a private network'],
  ['https://a.example', 'https://169.254.169.254/latest', 'it leads into a private network'],
  ['https://a.example', 'https://10.1.2.3/x', 'it leads into a private network'],
  ['https://a.example', 'https://172.16.0.1/x', 'it leads into a private network'],
  ['https://a.example', 'https://192.168.1.1/x', 'it leads into a private network'],
  ['https://a.example', 'https://100.64.0.1/x', 'it leads into a private network'],
  ['https://a.example', 'https://0.0.0.0/x', 'it leads into a private network'],
  ['https://a.example', 'https://2130706433/x', 'it leads into a private network'],
  ['https://a.example', 'https://0x7f.1/x', 'it leads into a private network'],
  ['https://a.example', 'https://[::1]/x', 'it leads into a private network'],
  ['https://a.example', 'https://[::]/x', 'it leads into a private network'],
  ['https://a.example', 'https://[fe80::1]/x', 'it leads into a private network'],
  ['https://a.example', 'https://[fd00::1]/x', 'it leads into a private network'],
  ['https://a.example', 'https://[::ffff:127.0.0.1]/x', 'it leads into a private network'],
  ['https://a.example', 'https://[::ffff:10.0.0.1]/x', 'it leads into a private network'],
  ['https://10.0.0.1', 'https://127.0.0.1/x', 'it leads into a private network'],
])('%s may not lead to %s', (from, to, expected) => {
  expect(fault(from, to)).toBe(expected);
});
