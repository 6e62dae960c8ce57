import type { Step } from './request.ts';

/**
 * Two parts of a call that was refused, for the ones that do no harm to be sent without the culprit.
 * Those whom the look-up did not see are the likely culprits: they are set apart first, and halves
 * are made when that does not tell them apart.
 */
export function split(steps: readonly Step[]): readonly [readonly Step[], readonly Step[]] {
  const seen = steps.filter(({ before }) => before === 'visible');
  if (seen.length > 0 && seen.length < steps.length) {
    return [seen, steps.filter(({ before }) => before !== 'visible')];
  }
  const half = Math.ceil(steps.length / 2);
  return [steps.slice(0, half), steps.slice(half)];
}
