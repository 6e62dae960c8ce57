import { z } from 'zod';
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

/** What is wrong with a field, by the code for it. */
const WRONG: Readonly<Record<string, (field: string) => string>> = {
  400100: (field) => `"${field}" must be a string.`,
  400102: (field) => `"${field}" must be a list.`,
  400103: () => 'Request body must be a JSON object.',
  400105: (field) => `"${field}" must be specified.`,
  400111: (field) => `Invalid value: "${field}".`,
  400203: (field) => `"${field}" must have at most ${MAX_IDS} items.`,
  400305: (field) => `"${field}" must be at most ${MAX_ID_LENGTH} characters long.`,
};

/** The code for what is not of the type, or is not there. */
const or400105 = (code: string) => ({
  error: ({ input }: { input?: unknown }) => (input === undefined ? '400105' : code),
});
const userId = z.string(or400105('400100')).min(1, '400111').max(MAX_ID_LENGTH, '400305');
const choice = <const T extends string>(allowed: readonly T[], fallback: T) =>
  z.string('400100').pipe(z.enum(allowed, '400111')).prefault(fallback);

const accessBody = z.object({ user_id: userId });
const deleteBody = z.object({
  channel_delete_option: choice(['do_not_delete', '1_on_1', 'all'], 'do_not_delete'),
  user_ids: z
    .array(z.unknown(), or400105('400102'))
    .min(1, '400111')
    .max(MAX_IDS, '400203')
    .pipe(z.array(userId)),
});
const actionBody = z.looseObject({ action: choice(['access', 'delete'], 'delete') }, '400103');

/**
 * Reads the body of a registration as strictly as the codes allow. **Without `action` it is a
 * deletion.** Unknown fields are ignored, so a misspelt `action` is a deletion too.
 */
export function readRegisterBody(call: ReceivedCall): RegisterBody {
  const body = read(actionBody, parse(call.body));
  if (body.action === 'access') {
    const { user_id: id } = read(accessBody, body);
    return { action: 'access', userIds: [id], channels: null };
  }
  const { user_ids: ids, channel_delete_option: channels } = read(deleteBody, body);
  return { action: 'delete', userIds: [...new Set(ids)], channels };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw sendbirdError(400403, 'Invalid JSON body.');
  }
}

function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const code = issue?.message ?? '';
  throw sendbirdError(Number(code), WRONG[code]?.(String(issue?.path[0])) ?? '');
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
