import { STEP_STATES } from '../requests/request.ts';
import { order } from '../requests/order.ts';
import { flag, integerOrNull, text, textOrNull, word, wordOrNull } from './columns.ts';
import type { Connection } from './connection.ts';
import { changeStep } from './step-change.ts';
import { OPERATIONS, SIGHTS } from './words.ts';

/**
 * Has the steps of a request wait for one another as requests/order.ts says. One step that moves may
 * move the next, so it is asked until nothing does. Runs inside the transaction of what changed.
 */
export function keepOrder(on: Connection, requestId: string, at: number): void {
  const row = on.sql('SELECT accept_partial FROM requests WHERE id = ?').get(requestId);
  if (row === undefined) throw new Error(`There is no request ${requestId}.`);
  const acceptPartial = flag(row, 'accept_partial');
  const moves = order({ acceptPartial, steps: stepsOf(on, requestId) }, at);
  if (moves.length === 0) return;
  for (const { id, patch } of moves) changeStep(on, id, patch, at);
  keepOrder(on, requestId, at);
}

function stepsOf(on: Connection, requestId: string): Parameters<typeof order>[0]['steps'] {
  return on
    .sql(
      `SELECT id, operation, state, finished_at, whole, blocked, before, note FROM steps
       WHERE request_id = ? ORDER BY ordinal`,
    )
    .all(requestId)
    .map((row) => ({
      id: text(row, 'id'),
      operation: word(row, 'operation', OPERATIONS),
      state: word(row, 'state', STEP_STATES),
      finishedAt: integerOrNull(row, 'finished_at'),
      whole: flag(row, 'whole'),
      blocked: flag(row, 'blocked'),
      before: wordOrNull(row, 'before', SIGHTS),
      note: textOrNull(row, 'note'),
    }));
}
