import type { Receipt, ReceiptStep } from '../../requests/receipt.ts';
import type { RequestState } from '../../requests/request.ts';
import { type Sample, createSample } from '../../requests/sample.ts';
import { type Tally, emptyTally, isSettled } from '../../requests/state.ts';
import { PROTECTED } from '../../requests/transitions/refused.ts';
import { freeText } from '../text.ts';
import { stepName, stepWord } from '../words.ts';

/** What a run has come to, in bounded space: the numbers of all requests, the first of the receipts. */
export interface RunOutcome {
  tally: Tally;
  /** The first of those that the operator still has to do with. */
  unsettled: readonly Receipt[];
  /** The first of the others. */
  settled: readonly Receipt[];
  /** Steps of the unsettled that are not sent: those never tried, and those tried. */
  untried: number;
  tried: number;
  /** How many of those that were not found no provider has taken anything on for. */
  untouched: number;
  /** Those with a deletion that did not leave, because the profile protects whom it is about. */
  guarded: Sample<Receipt>;
}

/** Adds receipts up, one after the other. */
export interface RunOutcomeFold {
  add(receipt: Receipt): void;
  /** One of which no more is to be said than that it is settled so. */
  count(state: RequestState): void;
  runOutcome(): RunOutcome;
}

/** So many receipts are kept of each kind: the last words name fewer. */
const KEPT = 50;

/** A run that has come to nothing yet. */
export function createRunOutcome(): RunOutcomeFold {
  const tally = emptyTally();
  const unsettled = createSample<Receipt>(KEPT);
  const settled = createSample<Receipt>(KEPT);
  let untried = 0;
  let tried = 0;
  let untouched = 0;
  const guarded = createSample<Receipt>(KEPT);
  return {
    add(receipt) {
      tally[receipt.state] += 1;
      if (isUntouched(receipt)) untouched += 1;
      if (isSettled(receipt.state)) return settled.add(receipt);
      unsettled.add(receipt);
      if (receipt.steps.some(({ error }) => error?.code === PROTECTED)) guarded.add(receipt);
      for (const { state, attempts } of receipt.steps) {
        if (state !== 'planned') continue;
        if (attempts === 0) untried += 1;
        else tried += 1;
      }
    },
    count(state) {
      tally[state] += 1;
    },
    runOutcome: () => ({
      tally: { ...tally },
      unsettled: unsettled.taken().first,
      settled: settled.taken().first,
      untried,
      tried,
      untouched,
      guarded: guarded.taken(),
    }),
  };
}

/**
 * Whether nobody was found, and every call refused: none has a task, and none may have arrived before
 * the one that was refused (that is looked into).
 */
export function isUntouched({ state, steps, verification }: Receipt): boolean {
  return (
    state === 'not_found' &&
    steps.every((step) => step.task_id === null && step.accepted_at === null) &&
    verification.every(({ result }) => result === null)
  );
}

/** The upshot of receipts that are at hand. */
export function runOutcomeOf(receipts: readonly Receipt[]): RunOutcome {
  const fold = createRunOutcome();
  for (const receipt of receipts) fold.add(receipt);
  return fold.runOutcome();
}

/** How a request stands, on one line: what is to be known of each of its steps; empty: all is well. */
export function standingOf({ steps, closing }: Receipt): string {
  const said = new Map<string, string[]>();
  for (const step of steps) {
    const what = wordsOn(step, steps);
    if (what === null) continue;
    said.set(what, [...(said.get(what) ?? []), stepName(step)]);
  }
  const parts = [...said].map(([what, where]) => `${where.join(', ')}: ${what}`);
  const byHand = closing === null ? [] : [`closed by hand: ${closing.reason}`];
  return freeText([...byHand, ...parts].join('; '));
}

/** Null: it is done, and there is nothing to say about it. */
function wordsOn(step: ReceiptStep, siblings: readonly ReceiptStep[]): string | null {
  const told = step.error?.message ?? step.note;
  if (told !== null) return told.replace(/\.$/, '');
  if (step.state === 'succeeded') return null;
  return stepWord(step, siblings);
}
