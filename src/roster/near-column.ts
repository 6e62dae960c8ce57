const MOST_LETTERS = 2;

/**
 * The column of ours that a name was probably meant to be; null: none is near. One that differs in
 * case, blanks and hyphens alone is always near; one that is a letter or two off only where the file
 * does not have that column as well: `user_ip` beside `user_id` is a column of its own.
 */
export function nearColumn<Name extends string>(
  name: string,
  columns: readonly Name[],
  present: readonly Name[],
): Name | null {
  const word = plain(name.slice(0, 100));
  const same = columns.find((column) => plain(column) === word);
  if (same !== undefined) return same;
  const near = columns
    .filter((column) => !present.includes(column))
    .map((column) => ({ column, away: distance(word, plain(column)) }))
    .toSorted((a, b) => a.away - b.away)[0];
  return near === undefined || near.away > MOST_LETTERS ? null : near.column;
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[\s_.-]/g, '');
}

/** How many letters must be added, dropped, changed or swapped with the next one. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    rows.push(next);
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(a.length, b.length);
}
