const RUN = /^'*[=+\-@\t\r]/;
const GUARDED = /^'+[=+\-@\t\r]/;

/** A cell as it is written: one that a spreadsheet would run as a formula gets one more leading `'`. */
export function guarded(cell: string): string {
  return RUN.test(cell) ? `'${cell}` : cell;
}

/** A cell as it was meant: exactly what `guarded` added is taken off. */
export function unguarded(cell: string): string {
  return cell.charCodeAt(0) === 0x27 && GUARDED.test(cell) ? cell.slice(1) : cell;
}
