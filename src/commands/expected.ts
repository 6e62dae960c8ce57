import { quoteId } from '../requests/ids.ts';
import { subjectName } from '../report/receipt-text.ts';

/** What is to be typed, and how that is said. */
export interface Expected {
  text: string;
  /** Lines above the question. */
  above: readonly string[];
  message: string;
}

/**
 * What somebody types to go ahead: the user id of one person, the number of several. Typing what is
 * shown is always right: an id that is no plain word stands on a line of its own as it is, and for
 * one that cannot be shown, or be typed, the number stands in.
 */
export function expectedOf(only: string | null, number: number): Expected {
  if (only !== null) {
    if (subjectName(only) === only) {
      return { text: only, above: [], message: `Type ${only} to go ahead:` };
    }
    if (isTypable(only)) {
      const above = ['To go ahead, type what stands on the next line, exactly:', only];
      return { text: only, above, message: 'Type it to go ahead:' };
    }
  }
  const text = String(number);
  return { text, above: [], message: `Type ${text} (how many they are) to go ahead:` };
}

/** Whether an id can be seen whole, and typed: nothing is cut, invisible, or composed in two ways. */
function isTypable(id: string): boolean {
  const quoted = JSON.stringify(id);
  return quoteId(id) === quoted && !/\p{M}|\p{Bidi_Control}/u.test(id) && id.normalize() === id;
}
