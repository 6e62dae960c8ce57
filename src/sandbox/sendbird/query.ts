import { sendbirdError } from './errors.ts';

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
