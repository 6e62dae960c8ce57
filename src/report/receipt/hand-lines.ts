import { OPERATIONS } from '../../requests/operations.ts';
import { spellDay } from '../../requests/deadline.ts';
import type { Receipt } from '../../requests/receipt.ts';
import { freeText, wrap } from '../text.ts';
import { PROVIDER, list, utc } from '../words.ts';

const INDENT = '  ';

/** That the deadline was extended: from which day, by whom, when and why; empty where it was not. */
export function extensionLines({ extension }: Pick<Receipt, 'extension'>): string[] {
  if (extension === null) return [];
  const { first_due_on: first, operator, at, reason } = extension;
  return wrap(
    `Extended once (Art. 12(3)), before it was due on ${spellDay(first)}, by ${freeText(operator)} on ${utc(at)}: ${freeText(reason)}`,
    INDENT.length,
  );
}

/** That it was settled by hand: by whom, when and why, and what was left; empty where it was not. */
export function closingLines({ closing, steps }: Pick<Receipt, 'closing' | 'steps'>): string[] {
  if (closing === null) return [];
  const { operator, at, reason } = closing;
  const left = steps.filter((step) => step.finished_at === null);
  const names = left.map(
    ({ provider, operation }) => `${PROVIDER[provider]} ${OPERATIONS[operation].label}`,
  );
  const said = `Closed by hand by ${freeText(operator)} on ${utc(at)}: ${freeText(reason)}`;
  const rest = `Not finished then, and not followed any more: ${list(names)}.`;
  return [said, ...(names.length === 0 ? [] : [rest])].flatMap((text) => wrap(text, INDENT.length));
}
