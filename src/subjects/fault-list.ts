import { GdprError } from '../errors.ts';

const MOST_SHOWN = 50;

/** What is wrong with a file: the first faults by line, and how many there are. */
export interface FaultList {
  readonly size: number;
  add(line: number, what: string): void;
  /** GdprError `usage` that lists them. */
  error(name: string): GdprError;
}

export function faultList(): FaultList {
  let faults: { line: number; what: string }[] = [];
  let size = 0;
  const keepFirst = (): void => {
    faults = faults.toSorted((a, b) => a.line - b.line).slice(0, MOST_SHOWN);
  };
  return {
    get size() {
      return size;
    },
    add(line, what) {
      size += 1;
      faults.push({ line, what });
      if (faults.length >= 2 * MOST_SHOWN) keepFirst();
    },
    error(name) {
      keepFirst();
      const lines = faults.map(({ line, what }) => `line ${line}: ${what}`);
      const more =
        size > MOST_SHOWN ? [`and ${(size - MOST_SHOWN).toLocaleString('en-US')} more`] : [];
      const text =
        size === 1
          ? `Refused: ${name}, ${lines.join('').replace(/(?<![.?!])$/, '.')}`
          : [
              `Refused: ${name} has ${size.toLocaleString('en-US')} faults:`,
              ...[...lines, ...more].map((line) => `  ${line}`),
            ].join('\n');
      return new GdprError('usage', text, {
        next: 'Nothing was sent. Correct the file and run the same command again.',
      });
    },
  };
}
