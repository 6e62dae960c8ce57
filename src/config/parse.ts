import { extname } from 'node:path';
import { defaultLoaders } from 'cosmiconfig';

/** What a file says, or where it stops being readable. */
export type Parsed = { value: unknown } | { fault: string };

/**
 * Parses the text of a configuration file by cosmiconfig's loaders: JSON by the extension `.json`,
 * YAML by `.yaml`, `.yml` or none. A fault says where, and never quotes the text, which the
 * parsers' own messages do: it may be a secret. A file without content is an empty mapping.
 */
export function parseConfig(path: string, text: string): Parsed {
  const extension = extname(path);
  const load = loaderOf(extension);
  if (load === null) {
    return { fault: `is not a configuration file: "${extension}" is neither JSON nor YAML` };
  }
  if (text.split('\n').every((line) => /^\s*(?:#.*)?$/.test(line))) return { value: {} };
  try {
    return { value: load(path, text) };
  } catch (error) {
    return { fault: `is not valid ${extension === '.json' ? 'JSON' : 'YAML'}${place(error)}` };
  }
}

function loaderOf(extension: string): ((path: string, text: string) => unknown) | null {
  switch (extension) {
    case '.json':
      return defaultLoaders['.json'];
    case '.yaml':
    case '.yml':
      return defaultLoaders['.yaml'];
    case '':
      return defaultLoaders.noExt;
    default:
      return null;
  }
}

/** Line and column, where the parser says so: YAML in `mark`, JSON in its message. */
function place(error: unknown): string {
  const mark = markOf(error);
  if (mark !== null) return ` (line ${mark.line + 1}, column ${mark.column + 1})`;
  const said = error instanceof Error ? /\(line (\d+) column (\d+)\)$/.exec(error.message) : null;
  return said === null ? '' : ` (line ${said[1]}, column ${said[2]})`;
}

function markOf(error: unknown): { line: number; column: number } | null {
  if (!(error instanceof Error) || !('mark' in error)) return null;
  const { mark } = error;
  if (typeof mark !== 'object' || mark === null) return null;
  if (!('line' in mark) || !('column' in mark)) return null;
  const { line, column } = mark;
  return typeof line === 'number' && typeof column === 'number' ? { line, column } : null;
}
