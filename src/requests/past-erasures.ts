import type { Operation, Sight } from './request.ts';
import { removes } from './stream-options.ts';

/** A deletion that this ledger has on record for a person at an account. */
export interface Erasure {
  subjectId: string;
  requestId: string;
  operation: Operation;
  options: Readonly<Record<string, unknown>>;
  /** What the look-up before its question had shown; null: nobody looked. */
  before: Sight | null;
}

/**
 * The deletion that says what is left of somebody; null: this ledger has none. `erasures` are oldest
 * first. Only those count that come after the subject was last seen: what was seen had come back, or
 * was somebody new. Among them a hard one, since nothing brings that back; otherwise the last.
 */
export function standingErasure<Past extends Erasure>(
  erasures: readonly Past[],
  operation: Operation,
  subjectId: string,
): Past | null {
  const standing = standingErasures(erasures, operation, subjectId);
  return standing.findLast((each) => removes(operation, each.options)) ?? standing.at(-1) ?? null;
}

/** All that still count of those deletions, oldest first. */
export function standingErasures<Past extends Erasure>(
  erasures: readonly Past[],
  operation: Operation,
  subjectId: string,
): readonly Past[] {
  const own = erasures.filter(
    (each) => each.operation === operation && each.subjectId === subjectId,
  );
  const lastSeen = own.findLastIndex(({ before }) => before === 'visible');
  return own.slice(Math.max(0, lastSeen));
}
