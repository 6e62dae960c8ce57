import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/http/redaction.ts';
import { Secret } from '../../src/secret.ts';

const clean = (text: string): string => createRedactor().clean(text);

describe('clean', () => {
  test.each([
    ['plain words', 'plain words'],
    ['two\nlines\tand\r\n more', 'two lines and more'],
    ['\u001B[31mred\u001B[0m alert', 'red alert'],
    ['\u001B]0;title\u0007 rest', ']0;title rest'],
    ['\u009B2J gone', '2J gone'],
    ['left \u202Eright', 'left right'],
    ['zero\u200Bwidth', 'zero width'],
    ['see https://b.s3.amazonaws.com/x?X-Amz-Signature=abc for more', 'see [link] for more'],
    ['see https:\\/\\/b.example\\/x?sig=1', 'see [link]'],
    ['HTTP://B.EXAMPLE/x', '[link]'],
    ['file:///etc/passwd', '[link]'],
    ['at https%3A%2F%2Fb.example%2Fx', 'at [link]'],
    ['GET /files/x?signature=abc failed', 'GET [link] failed'],
    ['api_key=abc123 is bad', 'api_key=[secret] is bad'],
    ['"api_key": "abc123"', '"api_key": [secret]'],
    ['X-Amz-Signature=abc', 'X-Amz-Signature=[secret]'],
    ['token eyJhbGciOi.eyJzZXJ2.c2lnbmF0dXJl bad', 'token [secret] bad'],
    ['', ''],
  ])('%j', (text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  test('300 characters at most, never half of one', () => {
    const long = clean('😀'.repeat(1_000));
    expect(Array.from(long)).toHaveLength(300);
    expect(long.isWellFormed()).toBe(true);
    expect(long.endsWith('…')).toBe(true);
  });

  test('a lone surrogate is taken out', () => {
    expect(clean('a\uD800b')).toBe('a b');
  });

  test('hidden values go, as they are and encoded, old ones too', () => {
    const redactor = createRedactor();
    redactor.hide(new Secret('old+secret/=='));
    redactor.hide(new Secret('new-secret'));
    expect(redactor.clean('old+secret/== and old%2Bsecret%2F%3D%3D and new-secret')).toBe(
      '[secret] and [secret] and [secret]',
    );
  });

  test('a secret cut at the limit does not show its beginning', () => {
    const redactor = createRedactor();
    redactor.hide(new Secret('s'.repeat(64)));
    expect(redactor.clean(`${'x '.repeat(140)}${'s'.repeat(64)}`)).not.toContain('ss');
    expect(redactor.clean(`${' '.repeat(5_990)}${'s'.repeat(64)}`)).not.toContain('ss');
  });
});

test.each(['?', '?a', 'a:', 'eyJa.', 'token ', '\u001B[1;', '%3a%2f'])(
  'a long run of %j is cut like any other text, not chewed on for minutes',
  (piece) => {
    expect(clean(piece.repeat(6_000)).length).toBeLessThanOrEqual(300);
  },
);
