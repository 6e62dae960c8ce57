import { type Stats, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GdprError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { Secret, type SecretSource } from '../secret.ts';
import { hasMode, ownerFault, readGuarded } from './config-file.ts';
import { given } from './environment.ts';

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

/** Whose secret it is: its path in the file (or its variable), and the file, null for none. */
export interface SecretPlace {
  label: string;
  file: string | null;
}

/**
 * Gets a secret from where its profile says. Relative paths, and commands, start from the
 * configuration file's folder. Throws GdprError `credentials`, which names the place and never
 * what was found there.
 */
export async function resolveSecret(
  spec: SecretSpec,
  place: SecretPlace,
  host: Host,
): Promise<Secret> {
  const folder = place.file === null ? host.cwd : dirname(place.file);
  switch (spec.kind) {
    case 'plain':
      return spec.value;
    case 'env':
      return checked(given(host, spec.name), `The environment variable ${spec.name}`, place);
    case 'file':
      return checked(...(await fromFile(resolve(folder, spec.path), place, host)), place);
    case 'command':
      return checked(
        await commandOutput(spec, folder, host, (what) => refusal(what, place)),
        `The output of ${spec.command}`,
        place,
      );
  }
}

/**
 * What speaks against a secret's file, for the user `uid`, or null. It may be a link (orchestrators
 * mount secrets so) and may be readable by its group (they hand it to a user who is not root that
 * way); for anybody else it must be closed.
 */
export function secretFileFault(stats: Stats, uid: number): string | null {
  if (hasMode(stats, 0o027)) return 'is open to other users: chmod 600 it';
  return ownerFault(stats, uid);
}

async function fromFile(path: string, place: SecretPlace, host: Host): Promise<[string, string]> {
  const read = await readGuarded(path, (stats) => secretFileFault(stats, host.uid));
  if ('fault' in read) throw refusal(`The file ${path} ${read.fault}`, place);
  return [read.text, `The file ${path}`];
}

function checked(text: string | null, from: string, place: SecretPlace): Secret {
  if (text === null) throw refusal(`${from} is not set`, place);
  if (text.trim() === '') throw refusal(`${from} is empty`, place);
  const secret = cleanSecret(text);
  if (secret === null) {
    throw refusal(`${from} is not one line of printable characters without spaces`, place);
  }
  return secret;
}

function refusal(what: string, place: SecretPlace): GdprError {
  const where = place.file === null ? place.label : `${place.label} in ${place.file}`;
  return new GdprError('credentials', `${what}, and ${where} needs it.`, {
    next: 'This provider was not called. Fix the secret, then run the same command or gdpr resume.',
  });
}

/**
 * Resolves a secret at the first `read` and keeps it; readers at the same time share one
 * resolution. A failure is not kept. `renew` forgets, also what is still being resolved.
 */
export function secretSource(load: () => Promise<Secret>): SecretSource {
  let kept: Promise<Secret> | null = null;
  return {
    read: () => {
      if (kept !== null) return kept;
      const asked = load();
      kept = asked;
      return asked.catch((error: unknown) => {
        if (kept === asked) kept = null;
        throw error;
      });
    },
    renew: () => {
      kept = null;
    },
  };
}

/** How long a command may take, ms: enough for a person to unlock a password manager. */
const PATIENCE = 120_000;
const LARGEST = 64 * 1024;

/**
 * Runs a secret's command without a shell and answers with its standard output. What it prints is
 * never shown: its errors go nowhere, and `refuse` is told its name and how it ended.
 */
async function commandOutput(
  { command, args }: { command: string; args: readonly string[] },
  cwd: string,
  host: Host,
  refuse: (what: string) => GdprError,
): Promise<string> {
  const { execa } = await import('execa');
  const result = await execa(command, args, {
    // The folder of a configuration that is only being made is not there yet.
    cwd: existsSync(cwd) ? cwd : host.cwd,
    env: host.env,
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'ignore',
    maxBuffer: LARGEST,
    timeout: PATIENCE,
    cancelSignal: host.stop,
    reject: false,
  });
  if (!result.failed) return result.stdout;
  throw refuse(`The command ${command} ${ending(result)}`);
}

function ending(result: {
  timedOut: boolean;
  isCanceled: boolean;
  isMaxBuffer: boolean;
  exitCode?: number | undefined;
  signal?: string | undefined;
  code?: string | undefined;
}): string {
  if (result.isCanceled) return 'was interrupted';
  if (result.timedOut) return `gave no answer in ${PATIENCE / 1000} s`;
  if (result.isMaxBuffer) return 'wrote more than 64 KiB';
  if (result.exitCode !== undefined) return `ended with exit code ${result.exitCode}`;
  if (result.signal !== undefined) return `was ended by ${result.signal}`;
  return `could not be started (${result.code ?? 'unknown reason'})`;
}
