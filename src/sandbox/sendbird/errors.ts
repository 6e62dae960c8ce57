import { Refusal } from '../refusal.ts';

/**
 * A Sendbird error: `{error, code, message}`, HTTP 400 unless given (error-codes page: "400 or
 * 500", 429 for limits).
 */
export function sendbirdError(
  code: number,
  message: string,
  status = 400,
  headers: Record<string, string> = {},
): Refusal {
  return new Refusal(status, { error: true, code, message }, headers);
}

/** 400201, HTTP 400 and not 404 (delete-a-user page). */
export function notFound(what: string): Refusal {
  return sendbirdError(400201, `"${what}" not found.`);
}
