import { z } from 'zod';

/** Handles are opaque; what could not stand in a path or on a screen is none. */
export const TaskHandle = z
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
export function nullFor<Value>(schema: z.ZodType<Value>) {
  return schema
    .nullish()
    .transform((value) => value ?? null)
    .catch(null);
}
