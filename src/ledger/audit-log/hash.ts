import { hash } from 'node:crypto';

/** `sha256:` and 64 hexadecimal digits. */
export function fingerprint(text: string): string {
  return `sha256:${digest(text)}`;
}

/** SHA-256 of a text as UTF-8, 64 hexadecimal digits. */
export function digest(text: string): string {
  return hash('sha256', text, 'hex');
}
