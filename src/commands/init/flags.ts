import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type {
  Draft,
  DraftFault,
  DraftField,
  SecretInput,
  StreamProduct,
} from '../../config/settings.ts';
import { GdprError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { repeatable } from '../shared/flags.ts';

/** What commander makes of the flags; those for a value of the profile are found by `FLAG`. */
export type InitOptions = Readonly<Record<string, unknown>> &
  Partial<Record<'project' | 'plainSecrets' | 'check' | 'trust' | 'yes', boolean>>;

/** What Stream sells, by its own names. */
export const PRODUCTS: readonly StreamProduct[] = ['feeds', 'chat', 'video'];

/** Declares what `gdpr init` takes; without a terminal, or with `--no-input`, it is all that it knows. */
export function declareInitFlags(command: Command): Command {
  command
    .option('--project', 'write to the project (this folder or above), not to your own folder')
    .optionsGroup('Stream:')
    .option('--stream-api-key <key>', "Stream: the app's key")
    .option('--stream-secret-env <name>', 'Stream: the secret is in this environment variable')
    .option('--stream-secret-file <file>', 'Stream: the secret is in this file')
    .option('--stream-secret-command <words>', 'Stream: this prints the secret, without a shell')
    .option(
      '--stream-products <name>',
      `Stream: only this product (repeatable): ${PRODUCTS.join(', ')} (default all)`,
      repeatable(PRODUCTS),
    )
    .option('--stream-base-url <url>', 'Stream: another server than the usual one')
    .optionsGroup('Sendbird:')
    .option('--sendbird-app-id <id>', "Sendbird: the application's id")
    .option('--sendbird-token-env <name>', 'Sendbird: the token is in this environment variable')
    .option('--sendbird-token-file <file>', 'Sendbird: the token is in this file')
    .option('--sendbird-token-command <words>', 'Sendbird: this prints the token, without a shell')
    .option('--sendbird-base-url <url>', 'Sendbird: another server than the usual one')
    .optionsGroup('Deadlines:')
    .option('--country <code>', 'deadline: holidays of this country, such as DE')
    .option('--region <code>', 'deadline: and of this part of it, such as BE')
    .option('--time-zone <name>', "deadline: days are counted here (default the system's)")
    .optionsGroup('Care:')
    .option('--plain-secrets', 'write the secrets themselves into the file; not advised')
    .option('--no-check', 'write without asking the providers');
  const others = command.options.map((option) => option.attributeName());
  const trust = new Option('--trust', "show the project's file and trust it as it is, instead");
  return command
    .optionsGroup('Trust:')
    .addOption(trust.conflicts(others))
    .option('--yes', 'with --trust: without a question; for scripts');
}

/** The flags that say a value of the profile; of a secret, what they begin with. */
const FLAG: Readonly<Record<DraftField, string>> = {
  'stream.apiKey': '--stream-api-key',
  'stream.apiSecret': '--stream-secret',
  'stream.products': '--stream-products',
  'stream.baseUrl': '--stream-base-url',
  'sendbird.applicationId': '--sendbird-app-id',
  'sendbird.apiToken': '--sendbird-token',
  'sendbird.baseUrl': '--sendbird-base-url',
  'deadline.country': '--country',
  'deadline.region': '--region',
  'deadline.timeZone': '--time-zone',
};

/** What the flags say, and what is wrong with those that are not judged as a whole later. */
export function draftOf(
  options: InitOptions,
  ground: Ground,
): { draft: Draft; faults: readonly string[] } {
  const faults: string[] = [];
  const said = Object.entries(FLAG).flatMap(([field, flag]) => {
    const value = isSecret(field) ? secretOf(flag, options, ground, faults) : given(options, flag);
    // What was not said is absent.
    return value === undefined ? [] : [[field, value] as const];
  });
  return { draft: Object.fromEntries(said), faults };
}

function isSecret(field: string): boolean {
  return field === 'stream.apiSecret' || field === 'sendbird.apiToken';
}

function given(options: InitOptions, flag: string): unknown {
  return options[new Option(flag).attributeName()];
}

const KINDS: readonly SecretKind[] = ['env', 'file', 'command'];

/** A secret's place that is wrong is noted, and stands in so that it is not missed as well. */
function secretOf(
  flag: string,
  options: InitOptions,
  ground: Ground,
  faults: string[],
): SecretInput | undefined {
  const kinds = KINDS.filter((kind) => given(options, `${flag}-${kind}`) !== undefined);
  const [first] = kinds;
  if (first === undefined) return undefined;
  if (kinds.length > 1) {
    faults.push(`${kinds.map((kind) => `${flag}-${kind}`).join(' and ')}: give one of them`);
  }
  const typed = typedSecret(first, String(given(options, `${flag}-${first}`)), ground);
  if ('secret' in typed) return typed.secret;
  faults.push(`${flag}-${first} ${typed.fault}`);
  return { env: 'NOT_UNDERSTOOD' };
}

/** A fault with the flag that it is about: `--country must be …`. */
export function flagFault({ field, message }: DraftFault): string {
  const flag = field === 'profile' ? '--profile' : FLAG[field];
  const which = isSecret(field) ? `${flag}-env, ${flag}-file or ${flag}-command` : flag;
  return `${which} ${message.replace('deadline.country', FLAG['deadline.country'])}`;
}

/** Whether a draft says anything about a provider. */
export function names(draft: Draft, provider: 'stream' | 'sendbird'): boolean {
  return Object.keys(draft).some((field) => field.startsWith(`${provider}.`));
}

/** Throws GdprError `usage` with everything that is wrong with the flags. */
export function requireSound(faults: readonly string[]): void {
  if (faults.length === 0) return;
  throw new GdprError('usage', `The flags do not make a profile:\n  ${faults.join('\n  ')}`, {
    next: 'Nothing was written. See: gdpr init --help',
  });
}

/** Where a secret may be, in the words of flags and questions. */
export type SecretKind = 'env' | 'file' | 'command';

/** A secret's place as it was typed, or what is wrong with it: a sentence without its subject. */
type TypedSecret = { secret: SecretInput } | { fault: string };

/** Where typed paths start, and the file that will name them. */
export interface Ground {
  host: Pick<Host, 'cwd' | 'home'>;
  path: string;
}

/** Reads what somebody typed for a secret's place. */
export function typedSecret(kind: SecretKind, text: string, ground: Ground): TypedSecret {
  switch (kind) {
    case 'env':
      return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)
        ? { secret: { env: text } }
        : { fault: 'is not the name of an environment variable' };
    case 'file':
      return text === ''
        ? { fault: 'names no file' }
        : { secret: { file: secretPath(text, ground) } };
    case 'command':
      return typedCommand(text);
  }
}

/**
 * A path from where it was typed becomes one from where it will stand: relative below the file's own
 * folder, absolute elsewhere.
 */
function secretPath(text: string, { host, path }: Ground): string {
  const typed = text.startsWith('~/') ? join(host.home, text.slice(2)) : text;
  const full = resolve(host.cwd, typed);
  const below = relative(dirname(path), full);
  return below.startsWith('..') || isAbsolute(below) ? full : below;
}

const WORD = /(?:[^\s"']|"[^"]*"|'[^']*')+/g;

/** Words with quotes as in a shell, and nothing else of one. */
function typedCommand(text: string): TypedSecret {
  const words = text.match(WORD) ?? [];
  const rest = text.replaceAll(WORD, '');
  if (words.length === 0) return { fault: 'names no program' };
  if (rest.trim() !== '') return { fault: 'has a quote that does not end' };
  if (words.some((word) => /^[^"']*[|&;<>$`]/.test(word))) {
    return {
      fault:
        'is run without a shell: no pipes, variables or redirections; quote what is meant as it is',
    };
  }
  return {
    secret: { command: words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2')) },
  };
}
