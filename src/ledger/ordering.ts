import { order } from '../requests/order.ts';
import type { Dossier } from './dossier.ts';
import { changeStep } from './step-change.ts';

/**
 * Has the steps of a request wait for one another as requests/order.ts says. One step that moves may
 * move the next, so it is asked until nothing does.
 */
export function keepOrder(dossier: Dossier, at: number): void {
  const moves = new Map(order(dossier, at).map(({ id, patch }) => [id, patch]));
  if (moves.size === 0) return;
  for (const step of dossier.steps) {
    const patch = moves.get(step.id);
    if (patch !== undefined) changeStep(dossier, step, patch, at);
  }
  keepOrder(dossier, at);
}
