import { isAbsolute, join } from 'node:path';
import type { Host } from '../host.ts';

const DEFAULTS = { XDG_CONFIG_HOME: '.config', XDG_STATE_HOME: '.local/state' } as const;

/**
 * The program's folder below an XDG base directory. A relative value is ignored, as the XDG Base
 * Directory Specification says ("should consider the path invalid and ignore it").
 */
export function xdgFolder(variable: keyof typeof DEFAULTS, host: Host): string {
  const value = host.env[variable];
  const base =
    value !== undefined && isAbsolute(value) ? value : join(host.home, DEFAULTS[variable]);
  return join(base, 'gdpr');
}
