import type { Scratch } from './scratch.ts';

const MOST_LINES = 10;
const NONE = (): boolean => false;

export const TWICE_TABLES = 'CREATE TABLE twice (line INTEGER PRIMARY KEY);';

/** The rows that are there before, word for word, and are left out. */
export interface Twice {
  readonly size: number;
  /** The lines of the first few. */
  readonly first: readonly number[];
  /** Whether a row between two lines is one of them. */
  between(first: number, last: number): (line: number) => boolean;
}

/** Those that the table `twice` lists, once it is filled. */
export function twiceOf(scratch: Scratch): Twice {
  const linesOf = (text: string, ...values: number[]): readonly number[] =>
    scratch.work(() => scratch.sql(text).all(...values)).map(({ line }) => Number(line));
  const [size = 0] = linesOf('SELECT count(*) AS line FROM twice');
  return {
    size,
    first: linesOf('SELECT line FROM twice ORDER BY line LIMIT ?', MOST_LINES),
    between(first, last) {
      if (size === 0) return NONE;
      const lines = new Set(
        linesOf('SELECT line FROM twice WHERE line BETWEEN ? AND ?', first, last),
      );
      return (line) => lines.has(line);
    },
  };
}
