import { isExport } from '../requests/operations.ts';
import type { ChalkInstance } from 'chalk';
import type { Receipt, ReceiptStep } from '../requests/receipt.ts';
import { doneWords } from './done-words.ts';
import { OPERATION, PROVIDER, count, size, stepMark, stepWord, utc, waitsFor } from './words.ts';
import { wrap } from './wrap.ts';

const INDENT = '  ';

/** The steps of a receipt: a mark, the files or what has become of it, notes and errors. */
export function stepLines({ steps }: Receipt, paint: ChalkInstance): string[] {
  const names = steps.flatMap(({ artifacts }) => artifacts.map(({ path }) => path.length));
  const fileWidth = Math.max(0, ...names);
  const nameWidth = Math.max(8, ...steps.map(({ operation }) => OPERATION[operation].length));
  let last = '';
  return steps.flatMap((step) => {
    const provider = step.provider === last ? '' : PROVIDER[step.provider];
    last = step.provider;
    const start = `${INDENT}${provider.padEnd(10)}${OPERATION[step.operation].padEnd(nameWidth)} `;
    const marked = `${start}${stepMark(step, step.finished_at !== null)}  `;
    const texts = isExport(step.operation)
      ? [...filesOf(step, fileWidth), ...remarks(step)].map((text, index) =>
          index === 0 ? `${marked}${text}` : `${' '.repeat(marked.length)}${text}`,
        )
      : deletionTexts(step, steps).flatMap((text, index) =>
          wrap(text, marked.length, index === 0 ? marked : ''),
        );
    return texts.map((text, index) => (index === 0 ? painted(text, start.length, paint) : text));
  });
}

/** The files of a step; the step's state in words where there is none. */
function filesOf(step: ReceiptStep, width: number): string[] {
  if (step.artifacts.length === 0) return [stepWord(step, { ended: step.finished_at !== null })];
  return step.artifacts.map(({ path, format, bytes, records }) => {
    const what = format === 'zip' ? 'file' : 'record';
    return `${path.padEnd(width)}  ${size(bytes).padStart(8)}  ${count(records, what).padStart(14)}`;
  });
}

/** What a deletion or restore has done, or how far it is; when it was asked for; what there is to know. */
function deletionTexts(step: ReceiptStep, siblings: readonly ReceiptStep[]): string[] {
  const { state, intended_at: intendedAt, accepted_at: acceptedAt } = step;
  const word = stepWord(step, {
    ended: step.finished_at !== null,
    waits: waitsFor(step, siblings),
  });
  // Without the provider's acceptance nothing was done by this call: the note says why it is gone.
  const isDone = state === 'succeeded' && acceptedAt !== null;
  const asked = intendedAt === null ? [] : [`requested ${utc(intendedAt)}`];
  return [isDone ? doneWords(step) : word, ...asked, ...remarks(step)];
}

/** A line with the mark that stands at a column in its colour. */
function painted(line: string, column: number, paint: ChalkInstance): string {
  const mark = line.charAt(column);
  const colour = mark === '✓' ? paint.green : paint.red;
  if (mark !== '✓' && mark !== '✗' && mark !== '?') return line;
  return `${line.slice(0, column)}${colour(mark)}${line.slice(column + 1)}`;
}

function remarks(step: ReceiptStep): string[] {
  return [step.error?.message, step.note].filter((text) => text !== null && text !== undefined);
}
