import { isAbsolute, join } from 'node:path';
import type { Host } from '../host.ts';

const DEFAULTS = { XDG_CONFIG_HOME: '.config', XDG_STATE_HOME: '.local/state' } as const;

/**
 * The program's folder below an XDG base directory. A relative value is ignored, as the XDG Base
 * Directory Specification says ("should consider the path invalid and ignore it").
 */
export function xdgFolder(variable: keyof typeof DEFAULTS, host: Host): string {
  const base = baseOf(variable, host) ?? join(host.home, DEFAULTS[variable]);
  return join(base, 'gdpr');
}

/** Whether the variable is set to something that counts. */
export function isXdgSet(variable: keyof typeof DEFAULTS, host: Host): boolean {
  return baseOf(variable, host) !== null;
}

function baseOf(variable: keyof typeof DEFAULTS, host: Host): string | null {
  const value = host.env[variable];
  return value !== undefined && isAbsolute(value) ? value : null;
}
