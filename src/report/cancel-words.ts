import type { CancelEnd } from '../requests/exit.ts';
import type { LastWords } from './ending.ts';
import { count } from './words.ts';

/** What became of one step that was to be withdrawn. */
export interface StepEnd {
  end: CancelEnd;
  /** Which, and of whom: `Sendbird account of ada`. */
  name: string;
  /** Why it is not withdrawn; null: it is. */
  why: string | null;
}

/** How many steps are named. */
const NAMED = 5;

/** What is said at the end of a cancellation that did not withdraw all. */
export function cancelWords(
  exit: number,
  ends: readonly StepEnd[],
  ids: readonly string[],
  invocation: string,
): LastWords {
  const done = ends.filter(({ end }) => end === 'withdrawn').length;
  const rest = ends.filter(({ end }) => end !== 'withdrawn');
  const named = rest.slice(0, NAMED).map(({ name, why }) => `${name} (${why})`);
  const more = rest.length > NAMED ? ` and ${count(rest.length - NAMED, 'more', 'more')}` : '';
  const message =
    ends.length === 0
      ? 'Nothing is left to withdraw: all of it has ended.'
      : `${done === 0 ? 'Nothing was withdrawn.' : `Withdrawn: ${count(done, 'step')}.`} Not withdrawn: ${named.join('; ')}${more}.`;
  return {
    code: CODE[exit] ?? 'interrupted',
    message,
    next: nextOf(exit, ids, invocation),
    requestIds: ids,
  };
}

const CODE: Readonly<Record<number, string>> = {
  1: 'not_withdrawn',
  3: 'not_withdrawn',
  4: 'credentials',
  5: 'unavailable',
  7: 'in_doubt',
};

function nextOf(exit: number, ids: readonly string[], invocation: string): string {
  const all = ids.join(' ');
  switch (exit) {
    case 1:
    case 3:
      return `What goes on is followed by: ${invocation} resume ${all}. To settle one by hand: ${invocation} close <request> --reason <text>`;
    case 7:
      return `Nothing is sent again by itself. To see what has become of it: ${invocation} resume ${all}`;
    case 4:
      return `Nothing else was changed. Set it right, then: ${invocation} cancel ${all}`;
    default:
      return `Nothing else was changed. To try the rest again: ${invocation} cancel ${all}`;
  }
}
