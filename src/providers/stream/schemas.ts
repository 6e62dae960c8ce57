import { z } from 'zod';

/** Handles are opaque; what could not stand in a path or on a screen is none. */
const TaskId = z
  .string()
  .regex(/^[\x21-\x7E]{1,256}$/)
  .refine((id) => id !== '.' && id !== '..');

/** Ten times the largest page. */
const MOST_LISTED = 1_000;

/**
 * A list in an answer. Its length is judged before its entries: what is found wrong with millions of
 * them would take gigabytes to say.
 */
export function listOf<Item>(item: z.ZodType<Item>) {
  return z.array(z.unknown()).max(MOST_LISTED).pipe(z.array(item));
}

/** What need not be there, and what makes no sense: null, for nothing depends on it. */
function nullFor<Value>(schema: z.ZodType<Value>) {
  return schema
    .nullish()
    .transform((value) => value ?? null)
    .catch(null);
}

/**
 * Stream's instants, as ms: nanosecond integers on v2, RFC 3339 on v1 (docs/providers/stream.md 3).
 * One that makes no sense is null: nothing depends on it.
 */
const Instant = nullFor(
  z.union([
    z.number().transform((ns) => Math.floor(ns / 1e6)),
    z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  ]),
);

/** The answer to a POST that starts a task. */
export const Started = z.object({ task_id: TaskId });

/** The answer of GetTask. `status` is a free string; `result` depends on what the task does. */
export const Task = z.object({
  task_id: TaskId,
  status: z.string().min(1),
  created_at: Instant,
  updated_at: Instant,
  result: z.unknown().optional(),
  error: z
    .object({ type: z.string().optional(), description: z.string().optional() })
    .nullish()
    .catch(null),
});
export type Task = z.infer<typeof Task>;

/** The result of an export task. */
export const ExportResult = z.object({ url: z.string().min(1) });

/** A user as QueryUsers shows it, as far as a look-up needs it. */
const User = z.object({
  id: z.string(),
  name: nullFor(z.string()),
  created_at: Instant,
  last_active: Instant,
  deactivated_at: Instant,
});
export type User = z.infer<typeof User>;

/** The answer of QueryUsers. */
export const Users = z.object({ users: listOf(User) });

/** The answer of GetRateLimits and its twin for feeds (OAS), by operation. */
export const RateLimits = z.object({ server_side: z.record(z.string(), z.unknown()) });

/** The limit of one operation; `reset` in epoch seconds. */
export const ToldLimit = z.object({
  limit: z.number().int().positive(),
  remaining: z.number().int().nonnegative(),
  reset: z.number().nonnegative(),
});

/** The error body, docs/providers/stream.md 5. The status inside is not read: HTTP's holds. */
export const ApiError = z.object({
  code: z.number().int(),
  message: z.string().catch(''),
  unrecoverable: z.boolean().optional().catch(undefined),
});
export type ApiError = z.infer<typeof ApiError>;
