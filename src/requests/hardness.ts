import type { Operation } from './request.ts';

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
