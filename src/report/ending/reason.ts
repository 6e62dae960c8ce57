import { OPERATIONS } from '../../requests/operations.ts';
import type { Receipt, ReceiptStep } from '../../requests/receipt.ts';
import { freeText } from '../text.ts';
import { PROVIDER, stepWord, waitsFor } from '../words.ts';

/** How a request stands, on one line: what is to be known of each of its steps; empty: all is well. */
export function reasonOf({ steps, closing }: Receipt): string {
  const said = new Map<string, string[]>();
  for (const step of steps) {
    const what = wordsOn(step, steps);
    if (what === null) continue;
    const where = `${PROVIDER[step.provider]} ${OPERATIONS[step.operation].label}`;
    said.set(what, [...(said.get(what) ?? []), where]);
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
  return stepWord(step, { ended: step.finished_at !== null, waits: waitsFor(step, siblings) });
}
