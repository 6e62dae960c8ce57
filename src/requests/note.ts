/** A note with one more sentence, unless it has it already. */
export function joined(note: string | null, more: string): string {
  return note === null || note.includes(more) ? (note ?? more) : `${note}; ${more}`;
}

/** What the note of a deletion says that is done by the provider's word alone, of somebody nobody saw. */
export const CHECK_ID = 'check the id';
