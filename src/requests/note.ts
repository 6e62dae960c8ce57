/** A note with one more sentence, unless it has it already. */
export function joined(note: string | null, more: string): string {
  return note === null || note.includes(more) ? (note ?? more) : `${note}; ${more}`;
}
