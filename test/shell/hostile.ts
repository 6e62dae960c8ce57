/** Each obeyed by some terminal, or read in another order than it is written. */
export const EVIL = [
  '\u001B]0;owned\u0007',
  '\u001B[2J\u001B[1;31m',
  '\u001B]8;;https://evil.test/x\u001B\\click\u001B]8;;\u001B\\',
  '\u009B31m\u009D0;owned\u009C',
  '\u001BP1$r\u001B\\\u001B_x\u001B\\\u001B^x\u001B\\',
  '\u202Edetelpmoc\u202C\u2066x\u2069\u200F',
  '\r\nReceipt  req_01FAKE  erased\r\n',
  '\b\b\b\u007F\u0000\u000B\u000C\u0085\u2028\u2029',
  '\u{E0041}\uFEFF\u00AD\uD800',
].join('words ');

/** What must not be in anything that is shown, line breaks and tabs apart. */
export const OBEYED = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** The texts in a value, however deep. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Map) return [...value].flatMap(textsIn);
  if (value instanceof Set) return [...value].flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
