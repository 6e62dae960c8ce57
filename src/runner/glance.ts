import type { Line } from './line.ts';
import type { Errand } from './work.ts';

/** What a look at the ledger is made with. */
export interface Glance {
  now: number;
  errand: Errand;
  /** Whether a step that was just read is not worked on; if it was until now, it is read again. */
  isFree: (line: Line, stepId: string) => boolean;
  /** Nothing else is under way and nobody waits for more: what is there goes as it is. */
  isLast: () => boolean;
  /** Requests that have never been held may still come. */
  hasMore: boolean;
}
