import { createHash } from 'node:crypto';

/**
 * JSON with one spelling: keys sorted at every depth, no white space, `undefined` left out, lone
 * surrogates replaced as UTF-8 does. Equal values have equal texts.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'string') return inner.toWellFormed();
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** `sha256:` and 64 hexadecimal digits. */
export function fingerprint(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}
