import type { FaultBook } from './faults/book.ts';
import type { Links } from './files/store.ts';
import type { SandboxOptions } from './options.ts';
import type { Population } from './population/people.ts';

/** What both vendors stand on. */
export interface World {
  options: SandboxOptions;
  /** Epoch milliseconds; makes task ids of two runs differ. */
  startedAt: number;
  population: Population;
  faults: FaultBook;
  links: Links;
}
