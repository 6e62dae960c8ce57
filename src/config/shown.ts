import { yaml } from './insert-yaml.ts';

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
