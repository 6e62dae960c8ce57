import { z } from 'zod';
import { ErrorAnswer, type ReceivedCall } from '../vendor.ts';

/**
 * A Stream error (OAS APIError; code table of stream-chat-net api_errors_response.md). The
 * message reads `<Operation> failed with error: "<why>"`; `duration` is set when it is sent.
 */
export function streamError(
  status: number,
  code: number,
  operation: string,
  why: string,
  more: { fields?: Record<string, string>; headers?: Record<string, string> } = {},
): ErrorAnswer {
  const body = {
    code,
    message: `${operationId(operation)} failed with error: "${why}"`,
    StatusCode: status,
    more_info: 'https://getstream.io/chat/docs/api_errors_response',
    details: [],
    ...(more.fields ? { exception_fields: more.fields } : {}),
  };
  return new ErrorAnswer(status, body, more.headers ?? {});
}

/** Bad input: code 4, HTTP 400. */
export function badInput(operation: string, why: string, field?: string): ErrorAnswer {
  return streamError(400, 4, operation, why, field ? { fields: { [field]: why } } : {});
}

/** Not found: code 16, HTTP 404. */
export function notFound(operation: string, why: string): ErrorAnswer {
  return streamError(404, 16, operation, why);
}

/** `exportUsers` → `ExportUsers`, as messages and rate limits name it. */
export function operationId(operation: string): string {
  return operation.charAt(0).toUpperCase() + operation.slice(1);
}

/** A list of user ids; chat sets 1..100, exports 1..25 (OAS minItems, maxItems). */
export function userIds(max: number) {
  return z
    .array(z.string().min(1, 'must not be empty'))
    .min(1, 'must contain at least 1 item')
    .max(max, `must contain at most ${max} items`)
    .transform((ids) => [...new Set(ids)]);
}

/** Reads a JSON body by its schema; unknown fields are ignored, as Stream's servers do. */
export function readBody<T>(call: ReceivedCall, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(call.body);
  } catch {
    throw badInput(call.operation, 'request body is not valid JSON');
  }
  return check(call.operation, json, schema);
}

/** Validates a value; the first fault becomes the provider's message. */
export function check<T>(operation: string, value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw badInput(
    operation,
    `${field || 'body'} ${issue?.message ?? 'is not valid'}`,
    field || 'body',
  );
}
