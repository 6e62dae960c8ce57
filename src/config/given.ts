import type { Host } from '../host.ts';

/** An environment variable, or null; an empty one counts as not set. */
export function given(host: Host, name: string): string | null {
  const value = host.env[name];
  return value === undefined || value === '' ? null : value;
}
