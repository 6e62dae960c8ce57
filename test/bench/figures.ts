/** Several measurements of one thing. */
export interface Figure {
  median: number;
  min: number;
  max: number;
}

export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}

/** The ratio of each measurement to the one beside it, so that a busy moment counts for both. */
export function ratioOf(values: readonly number[], base: readonly number[]): Figure {
  return figureOf(values.map((value, index) => value / (base[index] ?? Number.NaN)));
}

/** `1.86 (1.70 to 2.10)`. */
export function spell({ median, min, max }: Figure, digits: number, unit = ''): string {
  const text = (value: number): string => value.toFixed(digits);
  return `${text(median)}${unit} (${text(min)} to ${text(max)})`;
}

/** Whether an aim is met, in words. */
export function judge(what: string, met: boolean): string {
  return `aim: ${what}, ${met ? 'met' : 'MISSED'}`;
}

/** What a benchmark has found: rows of what, figure, ratio and aim, the last two where there are any. */
export interface Finding {
  title: string;
  rows: readonly (readonly string[])[];
  notes: readonly string[];
  /** Whether everything was measured, whatever came out. */
  complete: boolean;
}

/** A finding as it is shown while the others are still to come. */
export function shown({ title, rows, notes }: Finding): string {
  return [`${title}:`, table(rows), ...notes.map((note) => `  ${note}`)].join('\n');
}

/** All findings as one table for docs/benchmarks.md. */
export function markdown(findings: readonly Finding[]): string {
  return [
    markdownRow(['', 'measured', 'ratio', 'aim']),
    markdownRow(['---', '---', '---', '---']),
    ...findings.flatMap(({ title, rows }) => [
      markdownRow([`**${title}**`]),
      ...rows.map(markdownRow),
    ]),
  ].join('\n');
}

function markdownRow(cells: readonly string[]): string {
  const all = Array.from({ length: 4 }, (_, at) =>
    (cells[at] ?? '').replace(/^aim: /, '').replaceAll('|', '\\|'),
  );
  return `| ${all.join(' | ')} |`;
}

/** Rows under each other, every column as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('   ')}`.trimEnd())
    .join('\n');
}
