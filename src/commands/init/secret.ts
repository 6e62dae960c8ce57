import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { SecretInput } from '../../config/settings.ts';
import type { Host } from '../../host/host.ts';

/** Where a secret may be, in the words of flags and questions. */
export type SecretKind = 'env' | 'file' | 'command';

/** A secret's place as it was typed, or what is wrong with it: a sentence without its subject. */
export type TypedSecret = { secret: SecretInput } | { fault: string };

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
