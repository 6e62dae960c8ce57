import { type ProviderName, REQUEST_STATES, type RequestState } from '../../requests/request.ts';
import type { Sample } from '../../requests/sample.ts';
import { type Tally, tallied } from '../../requests/state.ts';
import { subjectName } from '../receipt/receipt-text.ts';
import { cut, fit, wrap } from '../text.ts';
import { PROVIDER, andMore, count, duration, figure, inWords, list, morePeople } from '../words.ts';

/** Somebody whose request is not completed: how it stands, and what is to be known about it. */
export interface Unfinished {
  userId: string;
  state: RequestState;
  /** One line (`standingOf`). */
  reason: string;
}

/** What a batch has come to. */
export interface Summary {
  /** Requests by state, the skipped ones left out. */
  tally: Tally;
  /** Rows of requests that had been settled lately, so that nothing was done. */
  skipped: number;
  /** Of the completed: those of whom nobody saw what a provider reports as deleted. */
  onWord: number;
  calls: ReadonlyMap<ProviderName, number>;
  /** How long it took, ms. */
  lasted: number;
  /** How long of that work was ready and waited for nothing but rate limits, ms. */
  limited: number;
  /** Where things are: `Results`, `Bundles`, `Ledger`, and the path as the operator may type it. */
  places: readonly { what: string; path: string }[];
  unfinished: Sample<Unfinished>;
  /** The command that repeats just what is not completed; null: there is none. */
  again: string | null;
}

const COLUMN = 10;
const WIDTH = 80;
const LONGEST_NAME = 24;

/** A batch in a few lines of 80 columns; only paths and commands may be longer: they are copied. */
export function summaryLines(summary: Summary): string[] {
  const { calls, places, again } = summary;
  const made = [...calls]
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${PROVIDER[name]} ${figure(number)}`);
  return [
    ...wrap(outcomes(summary), COLUMN, 'Summary'),
    ...wrap(made.length === 0 ? 'none' : made.join(', '), COLUMN, 'Calls'),
    ...wrap(time(summary), COLUMN, 'Time'),
    ...places.map(({ what, path }) => `${what.padEnd(COLUMN)}${path}`),
    ...unfinishedLines(summary.unfinished),
    ...(again === null ? [] : [`${'Again'.padEnd(COLUMN)}${again}`]),
  ];
}

function outcomes({ tally, skipped, onWord }: Summary): string {
  const ids = onWord === 1 ? 'id' : 'ids';
  const word = onWord === 0 ? '' : ` (${figure(onWord)} on a provider's word: check the ${ids})`;
  const parts = ORDER.filter((state) => tally[state] > 0).map(
    (state) => `${figure(tally[state])} ${inWords(state)}${state === 'completed' ? word : ''}`,
  );
  if (skipped > 0) parts.push(`${figure(skipped)} skipped (settled before)`);
  const people = count(tallied(tally) + skipped, 'person', 'people');
  return parts.length === 0 ? people : `${people}: ${list(parts)}`;
}

/** What was done comes first. */
const ORDER = REQUEST_STATES.toSorted(
  (a, b) => Number(b === 'completed') - Number(a === 'completed'),
);

function time({ lasted, limited }: Summary): string {
  const share = lasted === 0 ? 0 : (Math.min(limited, lasted) * 100) / lasted;
  const part = share > 0 && share < 1 ? 'less than 1%' : `${Math.round(share)}%`;
  return `${duration(lasted)}, ${part} of it waiting for rate limits`;
}

function unfinishedLines({ first, number }: Sample<Unfinished>): string[] {
  if (number === 0) return [];
  const names = first.map(({ userId }) => subjectName(userId));
  const width = Math.min(LONGEST_NAME, Math.max(0, ...names.map((name) => name.length)));
  const lines = first.map(({ state, reason }, index) =>
    cut(
      `  ${fit(names[index] ?? '', width)}  ${fit(inWords(state), STATE_WIDTH)}  ${reason}`.trimEnd(),
      WIDTH,
    ),
  );
  return ['Not completed:', ...andMore(lines, number, (more) => `  ${morePeople(more)}`)];
}

const STATE_WIDTH = Math.max(...REQUEST_STATES.map((state) => state.length));
