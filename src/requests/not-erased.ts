import type { Request, Step } from './request.ts';

/** What a hard deletion at Stream removes, and a softer one leaves. */
export type Leftover = 'feed_data' | 'account' | 'messages' | 'conversations' | 'calls' | 'files';

const PARTS = [
  ['account', 'user'],
  ['messages', 'messages'],
  ['conversations', 'conversations'],
  ['calls', 'calls'],
] as const;

/**
 * What a deletion at Stream with these options hides, or does not touch; empty: all of it is removed
 * (api/stream.md 2.2, 2.4 and 4).
 */
function leftBy(operation: Step['operation'], options: Step['options']): readonly Leftover[] {
  if (operation === 'delete_feeds') return options['hard_delete'] === true ? [] : ['feed_data'];
  if (operation !== 'delete_users') return [];
  const parts = PARTS.flatMap(([what, option]) => (options[option] === 'hard' ? [] : [what]));
  return options['files'] === true ? parts : [...parts, 'files'];
}

/**
 * What is left at Stream of somebody whose erase succeeded there: hidden, or never asked for. Who
 * was not visible before, and had been erased harder, is as gone as that erase has made him.
 */
export function notErased({ action, steps }: Pick<Request, 'action' | 'steps'>): Leftover[] {
  if (action !== 'erase') return [];
  return steps.flatMap((step) => (step.state === 'succeeded' ? leftOf(step) : []));
}

function leftOf({ operation, options, before, earlierOptions }: Step): readonly Leftover[] {
  const left = leftBy(operation, options);
  if (before === 'visible' || earlierOptions === undefined) return left;
  const leftBefore = leftBy(operation, earlierOptions);
  return left.filter((what) => leftBefore.includes(what));
}
