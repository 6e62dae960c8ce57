import { GdprError } from '../errors.ts';
import { quoteId } from '../requests/ids.ts';
import type { Column } from './header.ts';
import type { Scratch } from './scratch.ts';

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

/** Lines of rows that are there before, word for word. */
export const REPEATED = 'CREATE TABLE repeated (line INTEGER PRIMARY KEY);';

/**
 * Looks at all rows that share an id of one of the columns in `sent` with a row above: lists those that
 * repeat it word for word in the table `repeated`, and adds a fault for each that differs from it.
 */
export function findDoubles(
  scratch: Scratch,
  columns: readonly Column[],
  sent: readonly Column[],
  faults: FaultList,
): void {
  const repeat = scratch.sql('INSERT OR IGNORE INTO repeated (line) VALUES (?)');
  const others = columns.map((each) => `iif(here.${each} IS first.${each}, NULL, '${each}')`);
  for (const column of sent.toSorted()) {
    scratch.sql(`CREATE INDEX subjects_by_${column} ON subjects (${column})`).run();
    const doubles = scratch.sql(`
      SELECT here.line, here.${column} AS id, twins.first,
        concat_ws(' and ', ${others.join(', ')}) AS others
      FROM (SELECT ${column} AS id, min(line) AS first FROM subjects
          WHERE ${column} IS NOT NULL GROUP BY ${column} HAVING count(*) > 1) AS twins
        CROSS JOIN subjects AS first ON first.line = twins.first
        CROSS JOIN subjects AS here ON here.${column} = twins.id AND here.line > twins.first`);
    for (const { line, id, first, others: differing } of doubles.iterate()) {
      if (differing === '') repeat.run(line ?? null);
      else {
        const where = `is in line ${Number(first)} already, with another ${String(differing)}`;
        faults.add(Number(line), `the ${column} ${quoteId(String(id))} ${where}`);
      }
    }
  }
}
