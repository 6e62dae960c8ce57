import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { idFault, idWarning, quoteId } from '../../src/requests/ids.ts';

const PROVIDERS = ['stream', 'sendbird'] as const;
const EMOJI = '\u{1F600}';

describe('idFault', () => {
  test.each([
    ['', 'is empty'],
    ['.', 'is a path, not an id'],
    ['..', 'is a path, not an id'],
    ['a/b', 'holds a slash'],
    ['/', 'holds a slash'],
    ['../ada', 'holds a slash'],
    ['a\u0000', 'holds a control character'],
    ['a\nb', 'holds a control character'],
    ['a\n', 'holds a control character'],
    ['a\u007fb', 'holds a control character'],
    ['a\u0085b', 'holds a control character'],
    ['a\u009bb', 'holds a control character'],
    ['a\u2028b', 'holds a control character'],
    ['a\u2029b', 'holds a control character'],
    ['\ud83d', 'holds half of a character (a lone surrogate)'],
    ['a\udc00b', 'holds half of a character (a lone surrogate)'],
    ['\ude00\ud83d', 'holds half of a character (a lone surrogate)'],
    [' ada', 'begins or ends with white space'],
    ['ada ', 'begins or ends with white space'],
    ['ada\u00a0', 'begins or ends with white space'],
    ['\ufeffada', 'begins or ends with white space'],
    ['\u3000ada', 'begins or ends with white space'],
    [' ', 'begins or ends with white space'],
  ])('refuses %j at both providers', (id, fault) => {
    for (const provider of PROVIDERS) expect(idFault(id, provider)).toBe(fault);
  });

  test.each([
    'ada',
    'Ada',
    '...',
    '.ada',
    'a.',
    'a b',
    'a\\b',
    '%2e%2e',
    'a?b=c',
    '#',
    'ada@example.com',
    'é',
    'e\u0301',
    'עדה',
    '0',
    'null',
    'undefined',
    '*',
    EMOJI,
    '-',
    '--new',
  ])('takes %j as it is', (id) => {
    for (const provider of PROVIDERS) expect(idFault(id, provider)).toBeNull();
  });

  test.each([
    ['stream', 255, "is longer than Stream's 255 characters"],
    ['sendbird', 80, "is longer than Sendbird's 80 characters"],
  ] as const)('%s takes %i characters and no more, counted in code points', (name, most, fault) => {
    for (const character of ['a', EMOJI, 'é']) {
      expect(idFault(character.repeat(most), name)).toBeNull();
      expect(idFault(character.repeat(most + 1), name)).toBe(fault);
    }
  });
});

describe('idWarning', () => {
  test.each(['ada', 'Ada_1', 'a@b', 'a-b', '0'])('says nothing about %j', (id) => {
    for (const provider of PROVIDERS) expect(idWarning(id, provider)).toBeNull();
  });
  test.each(['ada.l', 'a b', 'é', 'a+b', EMOJI])('warns of %j at Stream only', (id) => {
    expect(idWarning(id, 'stream')).toContain("outside Stream's published pattern");
    expect(idWarning(id, 'sendbird')).toBeNull();
  });
});

describe('quoteId', () => {
  test.each([
    ['ada', '"ada"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['a\u001b[31mb', '"a\\u001b[31mb"'],
    ['a\u009b31mb', '"a\\u{9b}31mb"'],
    ['\u202eada', '"\\u{202e}ada"'],
    ['a\u2066b', '"a\\u{2066}b"'],
    ['a\u200bb', '"a\\u{200b}b"'],
    ['a\ufeffb', '"a\\u{feff}b"'],
    ['a\u00a0b', '"a\\u{a0}b"'],
    ['a\u3164b', '"a\\u{3164}b"'],
    ['a\u{e0041}b', '"a\\u{e0041}b"'],
    ['a\u2028b', '"a\\u{2028}b"'],
    ['\ud83d', '"\\ud83d"'],
    ['a b', '"a b"'],
    ['é', '"é"'],
  ])('shows %j as %s', (id, shown) => {
    expect(quoteId(id)).toBe(shown);
  });

  it('cuts at 100 characters, and never through one', () => {
    expect(quoteId(EMOJI.repeat(100))).toBe(`"${EMOJI.repeat(100)}"`);
    expect(quoteId(EMOJI.repeat(101))).toBe(`"${EMOJI.repeat(100)}…"`);
  });

  it('lets nothing through that a terminal obeys or nobody sees', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (id) => {
        expect(quoteId(id)).not.toMatch(
          /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u,
        );
      }),
      { numRuns: 500 },
    );
  });
});
