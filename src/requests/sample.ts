/** The first of many, and how many there are in all. */
export interface Sample<T> {
  first: readonly T[];
  number: number;
}

/** So many are shown one by one. */
export const SHOWN = 20;

/** Takes a sample: keeps no more than is shown, the first `most`, however many are added. */
export function createSample<T>(most = SHOWN) {
  const first: T[] = [];
  let number = 0;
  return {
    add(item: T): void {
      number += 1;
      if (first.length < most) first.push(item);
    },
    /** What was added up to now. */
    taken: (): Sample<T> => ({ first: [...first], number }),
  };
}
export type Sampling<T> = ReturnType<typeof createSample<T>>;
