/** The first of many, and how many there are in all. */
export interface Sample<T> {
  first: readonly T[];
  number: number;
}

/** Takes a sample: keeps no more than is shown, however many are added. */
export interface Sampling<T> {
  add(item: T): void;
  /** What was added up to now. */
  taken(): Sample<T>;
}

/** So many are shown one by one. */
export const SHOWN = 20;

/** A sample of nothing yet, which keeps the first `most`. */
export function createSample<T>(most = SHOWN): Sampling<T> {
  const first: T[] = [];
  let number = 0;
  return {
    add(item) {
      number += 1;
      if (first.length < most) first.push(item);
    },
    taken: () => ({ first: [...first], number }),
  };
}
