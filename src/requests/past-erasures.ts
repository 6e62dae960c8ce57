import type { Operation, Sight } from './request.ts';

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
  return standing.findLast(isHard) ?? standing.at(-1) ?? null;
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

/** Whether nothing brings back what it deleted, as far as this mode is told. */
function isHard({ options }: Erasure): boolean {
  return options['user'] === 'hard' || options['hard_delete'] === true;
}

/** How hard each word of Stream's deletes; what is not named is not touched. */
const RANK: Readonly<Record<string, number>> = { soft: 1, pruning: 2, hard: 3 };

const PARTS = ['user', 'messages', 'conversations', 'calls'] as const;

type Options = Readonly<Record<string, unknown>>;

/** Whether a deletion with `done` options left nothing for one with `wanted` options to do. */
export function isAsHard(operation: Operation, done: Options, wanted: Options): boolean {
  if (operation === 'delete_feeds') {
    return done['hard_delete'] === true || wanted['hard_delete'] !== true;
  }
  if (operation !== 'delete_users') return true;
  const files = done['files'] === true || wanted['files'] !== true;
  return files && PARTS.every((part) => rank(done[part]) >= rank(wanted[part]));
}

function rank(word: unknown): number {
  return typeof word === 'string' ? (RANK[word] ?? 0) : 0;
}
