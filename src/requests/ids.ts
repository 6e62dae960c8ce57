import type { ProviderName } from './request.ts';

/**
 * A provider's published rules for user ids; sources: docs/providers/stream.md 8, docs/providers/sendbird.md
 * section 4. [U]: whether the live APIs enforce just these, so what lies outside is only warned of.
 */
const RULES = {
  stream: { name: 'Stream', longest: 255, pattern: /^[@\w-]*$/ },
  // [U] Sendbird publishes a length and no pattern; code 400151 shows that it refuses some characters.
  sendbird: { name: 'Sendbird', longest: 80, pattern: null },
} as const;

const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Why an id is never sent (docs/spec.md 3, Ids); null if it may be. Lengths count code points.
 * `.` and `..` would make another path of the address: URL parsers collapse them, encoded or not.
 */
export function idFault(id: string, provider: ProviderName): string | null {
  const { name, longest } = RULES[provider];
  if (id === '') return 'is empty';
  if (LONE_SURROGATE.test(id)) return 'holds half of a character (a lone surrogate)';
  if (CONTROL.test(id)) return 'holds a control character';
  if (id.trim() !== id) return 'begins or ends with white space';
  if (id === '.' || id === '..') return 'is a path, not an id';
  if (id.includes('/')) return 'holds a slash';
  if (Array.from(id).length > longest) return `is longer than ${name}'s ${longest} characters`;
  return null;
}

/** What is odd about an id that is sent all the same; null if it fits the published pattern. */
export function idWarning(id: string, provider: ProviderName): string | null {
  const { name, pattern } = RULES[provider];
  if (pattern === null || pattern.test(id)) return null;
  return `outside ${name}'s published pattern (letters, digits, @ _ -); ${name} is asked all the same`;
}

/** An id as it may be shown: quoted, long ones cut, with everything invisible spelled out. */
export function quoteId(id: string): string {
  const characters = Array.from(id);
  const shown = characters.length > 100 ? `${characters.slice(0, 100).join('')}…` : id;
  return JSON.stringify(shown).replaceAll(
    /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]|(?! )\p{Zs}/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
