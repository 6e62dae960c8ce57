import { type Standings, unsettled } from '../requests/exit.ts';
import { REQUEST_STATES } from '../requests/request.ts';
import { isSettled } from '../requests/state.ts';
import type { LastWords } from './ending.ts';
import { REQUEST, count, list } from './words.ts';

/** The last words of a status that did not end with 0; `ids` are the unsettled ones that it showed. */
export function unsettledWords(
  { states, overdue }: Standings,
  ids: readonly string[],
  invocation: string,
): LastWords {
  const all = unsettled(states);
  const parts = REQUEST_STATES.filter((state) => !isSettled(state) && states[state] > 0).map(
    (state) => `${states[state].toLocaleString('en-US')} ${REQUEST[state]}`,
  );
  const late = overdue > 0 ? `; ${overdue.toLocaleString('en-US')} overdue` : '';
  return {
    code: overdue > 0 ? 'overdue' : 'unsettled',
    message: `${count(all, 'request is', 'requests are')} unsettled: ${list(parts)}${late}.`,
    next: nextOf(states, invocation),
    requestIds: ids,
  };
}

function nextOf(states: Standings['states'], invocation: string): string {
  if (states.open > 0) return `To carry on: ${invocation} resume`;
  return states.in_doubt > 0
    ? `Nothing is lost. What to do about each: ${invocation} status <request>`
    : `What arrived is kept. What to do about each: ${invocation} status <request>`;
}
