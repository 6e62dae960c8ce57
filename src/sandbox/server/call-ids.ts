import { readUserIds } from '../sendbird/input.ts';
import type { ReceivedCall } from '../vendor.ts';

/**
 * The user ids a call names, in its path, body or query: for the log and for faults that
 * concern one user. Reads leniently; the handlers do the validation.
 */
export function idsOf(call: ReceivedCall): string[] {
  const { user_id: inPath } = call.params;
  if (inPath !== undefined) return [inPath];
  const body = parse(call.body);
  // In a query of feeds, `user_id` beside the filter is who asks, not who is asked about.
  const { user_id: users, created_by_id: creators } = record(body['filter']);
  const filtered = [...matched(users), ...matched(creators)];
  if (filtered.length > 0) return filtered;
  const named = [...strings(body['user_id']), ...strings(body['user_ids'])];
  if (named.length > 0) return named;
  const payload = parse(call.query.get('payload') ?? '');
  const { id } = record(payload['filter_conditions']);
  return [...matched(id), ...(readUserIds(call.rawQuery) ?? [])];
}

/** What a condition of a filter names: a plain id, `$in` or `$eq`. */
function matched(condition: unknown): string[] {
  const { $in, $eq } = record(condition);
  return [...strings(condition), ...strings($in), ...strings($eq)];
}

/** The operation of a registration is in its body; without `action` it is a deletion. */
export function registrationOf(body: string): 'registerGdprAccess' | 'registerGdprDelete' {
  return parse(body)['action'] === 'access' ? 'registerGdprAccess' : 'registerGdprDelete';
}

function parse(text: string): Record<string, unknown> {
  try {
    return record(JSON.parse(text));
  } catch {
    return {};
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function strings(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((one) => typeof one === 'string');
}
