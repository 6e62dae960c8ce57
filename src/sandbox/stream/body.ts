import { z } from 'zod';
import type { Call } from '../vendor.ts';
import { badInput } from './errors.ts';

/** A list of user ids; chat sets 1..100, exports 1..25 (OAS minItems, maxItems). */
export function userIds(max: number) {
  return z
    .array(z.string().min(1, 'must not be empty'))
    .min(1, 'must contain at least 1 item')
    .max(max, `must contain at most ${max} items`)
    .transform((ids) => [...new Set(ids)]);
}

/** Reads a JSON body by its schema; unknown fields are ignored, as Stream's servers do. */
export function readBody<T>(call: Call, schema: z.ZodType<T>): T {
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
