import { Secret } from '../../secret.ts';

/** How a profile says where a secret is. */
export type SecretSpec =
  | { kind: 'plain'; value: Secret }
  | { kind: 'env'; name: string }
  | { kind: 'file'; path: string }
  | { kind: 'command'; command: string; args: readonly string[] };

/** The forms of a secret in words; what stood there instead is never repeated. */
export const SECRET_RULE =
  'must be { env: NAME }, { file: path } or { command: [name, argument, …] }, or a string of printable characters without spaces';

/**
 * A credential as it may be sent: text without its trailing line ends. Null when nothing is left,
 * or when it holds what no credential has (spaces, more lines, control or non-ASCII characters)
 * and what an HTTP header would choke on, with the value in the complaint.
 */
export function cleanSecret(text: string): Secret | null {
  const value = text.replace(/[\r\n]+$/, '');
  return /^[\x21-\x7e]+$/.test(value) ? new Secret(value) : null;
}

/** Reads a secret's place in a configuration file; null when it has none of the forms. */
export function secretSpec(input: unknown): SecretSpec | null {
  if (typeof input === 'string') {
    const value = cleanSecret(input);
    return value === null ? null : { kind: 'plain', value };
  }
  if (typeof input !== 'object' || input === null) return null;
  const [entry, ...more] = Object.entries(input);
  return entry === undefined || more.length > 0 ? null : fromEntry(entry[0], entry[1]);
}

function fromEntry(kind: string, value: unknown): SecretSpec | null {
  if (kind === 'env' && typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) {
    return { kind, name: value };
  }
  if (kind === 'file' && isText(value)) return { kind, path: value };
  if (kind === 'command' && Array.isArray(value)) {
    const [command, ...args]: unknown[] = value;
    return isText(command) && args.every(isArgument) ? { kind, command, args } : null;
  }
  return null;
}

function isArgument(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function isText(value: unknown): value is string {
  return isArgument(value) && value !== '';
}
