import { z } from 'zod';
import type { FeedItem } from '../population/feed-items.ts';

const operators = z.strictObject({ $eq: z.string(), $in: z.array(z.string()) }).partial();

/** The values a field may have; both operators at once narrow each other down. */
const condition = z
  .union([
    z.string().transform((value) => [value]),
    operators.transform(({ $eq, $in }, context) => {
      if ($eq === undefined && $in === undefined) context.addIssue('must have $eq or $in');
      const one = $eq === undefined ? null : [$eq];
      return one && $in ? one.filter((value) => $in.includes(value)) : (one ?? $in ?? []);
    }),
  ])
  .optional();

/** A filter as read: the values each named field may have. */
export type Filter = Readonly<Record<string, readonly string[] | undefined>>;

/**
 * The schema of a filter: string fields with $eq and $in, of those that the specification lists
 * (x-stream-filter-fields). Its other fields (dates, numbers, custom data, search) and operators
 * are refused as unknown ones are: none is ignored.
 */
export function filterSchema(fields: readonly string[]) {
  return z.strictObject(Object.fromEntries(fields.map((field) => [field, condition])));
}

/** Whether an item has a wanted value in each named field; `keys` says where a field's value stands. */
export function passes(
  item: FeedItem,
  filter: Filter,
  keys: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(keys).every(([field, key]) => {
    const wanted = filter[field];
    if (wanted === undefined) return true;
    const value: unknown = key === 'id' ? item.id : item.data[key];
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.some((one) => typeof one === 'string' && wanted.includes(one));
  });
}
