import type { ChannelDeleteOption } from '../accounts/sendbird-account.ts';
import type { Call } from '../vendor.ts';
import { sendbirdError } from './errors.ts';

export type RegisterBody =
  | { action: 'access'; userId: string }
  | { action: 'delete'; userIds: string[]; channels: ChannelDeleteOption };

const MAX_IDS = 100;
const MAX_ID_LENGTH = 80;

/**
 * Reads the body of a registration as strictly as the codes allow. **Without `action` it is a
 * deletion.** Unknown fields are ignored, so a misspelt `action` is a deletion too.
 */
export function readRegisterBody(call: Call): RegisterBody {
  const body = parseObject(call.body);
  const action = optional(body, 'action', ['access', 'delete'], 'delete');
  if (action === 'access') {
    if (body['user_id'] === undefined) throw missing('user_id');
    return { action: 'access', userId: userId(body['user_id'], 'user_id') };
  }
  const channels = optional(
    body,
    'channel_delete_option',
    ['do_not_delete', '1_on_1', 'all'],
    'do_not_delete',
  );
  return { action: 'delete', userIds: userIds(body['user_ids']), channels };
}

function parseObject(text: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw sendbirdError(400403, 'Invalid JSON body.');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw sendbirdError(400103, 'Request body must be a JSON object.');
  }
  return { ...json };
}

function optional<const T extends string>(
  body: Record<string, unknown>,
  field: string,
  allowed: readonly T[],
  fallback: T,
): T {
  const value = body[field];
  if (value === undefined) return fallback;
  if (typeof value !== 'string') throw sendbirdError(400100, `"${field}" must be a string.`);
  const known = allowed.find((one) => one === value);
  if (known === undefined) throw sendbirdError(400111, `Invalid value: "${field}".`);
  return known;
}

function userIds(value: unknown): string[] {
  if (value === undefined) throw missing('user_ids');
  if (!Array.isArray(value)) throw sendbirdError(400102, '"user_ids" must be a list.');
  if (value.length === 0) throw sendbirdError(400111, 'Invalid value: "user_ids".');
  if (value.length > MAX_IDS) {
    throw sendbirdError(400203, `"user_ids" must have at most ${MAX_IDS} items.`);
  }
  return [...new Set(value.map((one) => userId(one, 'user_ids')))];
}

function userId(value: unknown, field: string): string {
  if (typeof value !== 'string') throw sendbirdError(400100, `"${field}" must be a string.`);
  if (value === '') throw sendbirdError(400111, `Invalid value: "${field}".`);
  if (value.length > MAX_ID_LENGTH) {
    throw sendbirdError(400305, `"${field}" must be at most ${MAX_ID_LENGTH} characters long.`);
  }
  return value;
}

function missing(field: string) {
  return sendbirdError(400105, `"${field}" must be specified.`);
}
