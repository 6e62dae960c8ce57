import type { ChannelDeleteOption } from '../population/accounts.ts';
import { ErrorAnswer, type ReceivedCall } from '../vendor.ts';

/**
 * A Sendbird error: `{error, code, message}`, HTTP 400 unless given (error-codes page: "400 or
 * 500", 429 for limits).
 */
export function sendbirdError(
  code: number,
  message: string,
  status = 400,
  headers: Record<string, string> = {},
): ErrorAnswer {
  return new ErrorAnswer(status, { error: true, code, message }, headers);
}

/** 400201, HTTP 400 and not 404 (delete-a-user page). */
export function notFound(what: string): ErrorAnswer {
  return sendbirdError(400201, `"${what}" not found.`);
}

interface RegisterBody {
  action: 'access' | 'delete';
  userIds: string[];
  /** null for an access. */
  channels: ChannelDeleteOption | null;
}

const MAX_IDS = 100;
const MAX_ID_LENGTH = 80;

/**
 * Reads the body of a registration as strictly as the codes allow. **Without `action` it is a
 * deletion.** Unknown fields are ignored, so a misspelt `action` is a deletion too.
 */
export function readRegisterBody(call: ReceivedCall): RegisterBody {
  const body = parseObject(call.body);
  const action = optional(body, 'action', ['access', 'delete'], 'delete');
  if (action === 'access') {
    if (body['user_id'] === undefined) throw missing('user_id');
    return { action, userIds: [userId(body['user_id'], 'user_id')], channels: null };
  }
  const options = ['do_not_delete', '1_on_1', 'all'] as const;
  const channels = optional(body, 'channel_delete_option', options, 'do_not_delete');
  return { action, userIds: userIds(body['user_ids']), channels };
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

/** `limit`: 1..100, default 10. */
export function readLimit(query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null || text === '') return 10;
  if (!/^-?\d+$/.test(text)) throw sendbirdError(400101, '"limit" must be a number.');
  const limit = Number(text);
  if (limit < 1 || limit > 100) {
    throw sendbirdError(400113, '"limit" must be in the range of 1 to 100.');
  }
  return limit;
}

/** A page token as this server made it: a number and what it belongs to. */
export function readToken(query: URLSearchParams, kind: string): number | null {
  const text = query.get('token');
  if (text === null || text === '') return null;
  const plain = Buffer.from(text, 'base64url').toString();
  const number = new RegExp(`^${kind}:(\\d+)$`).exec(plain)?.[1];
  if (number === undefined) throw sendbirdError(400109, 'Page token is expired or not valid.');
  return Number(number);
}

export function makeToken(kind: string, position: number): string {
  return Buffer.from(`${kind}:${position}`).toString('base64url');
}

/**
 * The ids of `user_ids`: each encoded, then joined with commas. [U] for clients that encode the
 * commas as well: without a plain comma the value is decoded first and then split.
 */
export function readUserIds(rawQuery: string): string[] | null {
  const pair = rawQuery.split('&').find((part) => part.startsWith('user_ids='));
  const raw = pair?.slice('user_ids='.length).replaceAll('+', ' ');
  if (!raw) return null;
  const ids = raw.includes(',') ? raw.split(',') : decode(raw).split(',');
  return ids.map(decode).filter((id) => id !== '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
