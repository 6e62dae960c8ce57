import { Refusal } from '../refusal.ts';

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
): Refusal {
  const body = {
    code,
    message: `${operationId(operation)} failed with error: "${why}"`,
    StatusCode: status,
    more_info: 'https://getstream.io/chat/docs/api_errors_response',
    details: [],
    ...(more.fields ? { exception_fields: more.fields } : {}),
  };
  return new Refusal(status, body, more.headers ?? {});
}

/** Bad input: code 4, HTTP 400. */
export function badInput(operation: string, why: string, field?: string): Refusal {
  return streamError(400, 4, operation, why, field ? { fields: { [field]: why } } : {});
}

/** Not found: code 16, HTTP 404. */
export function notFound(operation: string, why: string): Refusal {
  return streamError(404, 16, operation, why);
}

/** `exportUsers` → `ExportUsers`, as messages and rate limits name it. */
export function operationId(operation: string): string {
  return operation.charAt(0).toUpperCase() + operation.slice(1);
}
