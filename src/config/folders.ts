import { isAbsolute, join, resolve } from 'node:path';
import { GdprError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { given } from './environment.ts';

const DEFAULTS = { XDG_CONFIG_HOME: '.config', XDG_STATE_HOME: '.local/state' } as const;

/**
 * The program's folder below an XDG base directory. A relative value is ignored, as the XDG Base
 * Directory Specification says ("should consider the path invalid and ignore it").
 */
export function xdgFolder(variable: keyof typeof DEFAULTS, host: Host): string {
  const base = baseOf(variable, host) ?? join(host.home, DEFAULTS[variable]);
  return join(base, 'gdpr');
}

function baseOf(variable: keyof typeof DEFAULTS, host: Host): string | null {
  const value = host.env[variable];
  return value !== undefined && isAbsolute(value) ? value : null;
}

/** The absolute folder of a profile's state, below that of all; otherwise as `stateRoot`. */
export function stateDir(flag: string | null, profile: string, host: Host): string {
  return join(stateRoot(flag, host), profile);
}

/**
 * The absolute folder of all state: `--state-dir`, `GDPR_STATE_DIR`, `$XDG_STATE_HOME/gdpr` or
 * `~/.local/state/gdpr`. Nothing is created here. Throws GdprError `config` when the flag is empty.
 */
export function stateRoot(flag: string | null, host: Host): string {
  if (flag === '') {
    throw new GdprError('config', '--state-dir names no folder.', {
      next: 'Nothing was sent. Name a folder, or leave the flag out.',
    });
  }
  const named = flag ?? given(host, 'GDPR_STATE_DIR');
  return named === null ? xdgFolder('XDG_STATE_HOME', host) : resolve(host.cwd, named);
}

/** What says where that folder is, in words. */
export function stateDirOrigin(flag: string | null, host: Host): string {
  if (flag !== null) return '--state-dir';
  if (given(host, 'GDPR_STATE_DIR') !== null) return 'GDPR_STATE_DIR';
  return baseOf('XDG_STATE_HOME', host) !== null ? 'XDG_STATE_HOME' : 'the default';
}
