import { GdprError } from '../errors.ts';

/** A zod schema, as far as reading needs it. */
export interface Schema<T> {
  safeParse(value: unknown):
    | { success: true; data: T }
    | {
        success: false;
        error: { issues: readonly { path: readonly PropertyKey[] }[] };
      };
}

/** A JSON answer held against its schema. `misfit` names the first field and keeps what came. */
export type Reading<T> =
  | { kind: 'fits'; value: T }
  | { kind: 'misfit'; field: string; value: unknown }
  | { kind: 'not_json' };

/** Reads an answer. The field's path is named, never its value. */
export function readJson<T>(text: string, schema: Schema<T>): Reading<T> {
  const json = parse(text);
  if (json === undefined) return { kind: 'not_json' };
  const result = schema.safeParse(json.value);
  if (result.success) return { kind: 'fits', value: result.data };
  const path = result.error.issues[0]?.path ?? [];
  return { kind: 'misfit', field: fieldName(path), value: json.value };
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}

/** `requests.3.created_at`; a name that the other side made up is shown as `*`. */
function fieldName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(the whole answer)';
  return path.map((part) => (/^\w{1,40}$/.test(String(part)) ? String(part) : '*')).join('.');
}

/**
 * An id as one segment of a path. URL parsers collapse `.` and `..` even when they are encoded, so
 * that `/users/../export` is another endpoint; such ids were refused long before, and here they are
 * an error of ours: nothing is sent.
 */
export function pathSegment(id: string): string {
  if (id === '' || id === '.' || id === '..' || !id.isWellFormed()) {
    throw new GdprError('internal', 'an id that cannot stand in a path reached the network', {
      next: 'Nothing was sent. This is a fault of gdpr: please report it.',
    });
  }
  return encodeURIComponent(id);
}
