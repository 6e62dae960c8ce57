import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../host/host.ts';
import { type Guarded, MISSING, configFileFault, readGuarded, unreadable } from './config-file.ts';
import { type FoundFile, xdgFolder } from './find.ts';
import { yaml } from './write/add-profile.ts';
import { replaceFile } from './write/replace-file.ts';

/** A file that was found, read once. `path`: of a project's file the real one, where relative paths in it start. */
export type FoundText = Guarded & { path: string };

/** Why a file is not used, a sentence. `untrusted`: because its user has not trusted it as it is. */
export interface NotUsed {
  fault: string;
  untrusted: boolean;
}

/**
 * Reads a file that was found, if it may be used. That of a project counts only as its user trusted
 * it: at its real path, with the very bytes that are answered with. What was never trusted is not
 * read.
 */
export async function readFound(file: FoundFile, host: Host): Promise<FoundText | NotUsed> {
  if (file.kind !== 'project') return read(file.path, file, host);
  const real = await realPath(file.path);
  if ('fault' in real) return real;
  const trusted = await trustedHash(real.path, host);
  if ('fault' in trusted) return trusted;
  const found = await read(real.path, file, host, trusted.sha256 !== null);
  if ('fault' in found || hashOf(found.bytes) === trusted.sha256) return found;
  return { fault: `${file.path} was changed after it was trusted`, untrusted: true };
}

/** Reads a project's file, trusted or not, for the user who is to decide. */
export async function readUndecided(file: FoundFile, host: Host): Promise<FoundText | NotUsed> {
  const real = await realPath(file.path);
  return 'fault' in real ? real : read(real.path, file, host);
}

const NEVER_TRUSTED = 'is not trusted';

async function read(
  path: string,
  found: FoundFile,
  host: Host,
  isTrusted = true,
): Promise<FoundText | NotUsed> {
  const guarded = await readGuarded(
    path,
    (stats) => configFileFault(found.path, stats, host.uid) ?? (isTrusted ? null : NEVER_TRUSTED),
  );
  if (!('fault' in guarded)) return { ...guarded, path };
  const { fault } = guarded;
  return { fault: `${found.path} ${fault}`, untrusted: fault === NEVER_TRUSTED };
}

async function realPath(path: string): Promise<{ path: string } | NotUsed> {
  try {
    return { path: await realpath(path) };
  } catch (thrown) {
    return { fault: `${path} ${unreadable(thrown)}`, untrusted: false };
  }
}

const SCHEMA = 'gdpr-trusted/1';

/** Where what is trusted is remembered: a file for each, so that two at once do not meet. */
export function trustFolder(host: Host): string {
  return join(xdgFolder('XDG_CONFIG_HOME', host), 'trusted');
}

/** The hash that the file at a real path was trusted with, null for none. */
export async function trustedHash(
  path: string,
  host: Host,
): Promise<{ sha256: string | null } | NotUsed> {
  const record = recordOf(path, host);
  const found = await readGuarded(record, (stats) => configFileFault(record, stats, host.uid));
  if ('fault' in found) {
    if (found.fault === MISSING) return { sha256: null };
    return { fault: `${record} ${found.fault}`, untrusted: true };
  }
  const sha256 = hashIn(found.text, path);
  const fault = `${record} is not a record of gdpr init --trust: remove it`;
  return sha256 === null ? { fault, untrusted: true } : { sha256 };
}

/** Remembers that the file at a real path is trusted with these bytes. `trustFolder` must be there. */
export function rememberTrust(path: string, bytes: string | Uint8Array, host: Host): Promise<void> {
  const text = `${JSON.stringify({ schema: SCHEMA, path, sha256: hashOf(bytes) })}\n`;
  return replaceFile(recordOf(path, host), { text, mode: 0o600 }, () => host.newId());
}

export function hashOf(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function recordOf(path: string, host: Host): string {
  return join(trustFolder(host), `${hashOf(path)}.json`);
}

function hashIn(text: string, path: string): string | null {
  const record = objectIn(text);
  if (record['schema'] !== SCHEMA || record['path'] !== path) return null;
  const { sha256 } = record;
  return typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : null;
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return {};
    throw thrown;
  }
}

const SECRETS: ReadonlySet<string> = new Set(['apiSecret', 'apiToken']);

/**
 * What a file says, as YAML: what counts and nothing else, so that no comment, anchor or layout can
 * make it look harmless. Secrets that stand in it themselves are left out.
 */
export function shown(value: unknown): string {
  // Through JSON, so that what the file repeats by an alias stands there in full.
  const plain = JSON.stringify(value, (key, each: unknown) =>
    SECRETS.has(key) && typeof each === 'string' ? '(a secret, not shown)' : each,
  );
  return yaml(JSON.parse(plain));
}
