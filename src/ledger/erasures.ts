import { DELETIONS } from '../requests/operations.ts';
import { integer, json, text, word, wordOrNull } from './columns.ts';
import type { Connection } from './connection.ts';
import type { PastErasure } from './ledger.ts';
import { OPERATIONS, SIGHTS } from './words.ts';

/** The deletions that succeeded for these subjects at an account, oldest first. */
export function erasures(
  on: Connection,
  account: string,
  subjectIds: readonly string[],
): readonly PastErasure[] {
  return [...new Set(subjectIds)]
    .flatMap((subjectId) => erasuresOf(on, account, subjectId))
    .toSorted((a, b) => a.finishedAt - b.finishedAt || a.ordinal - b.ordinal)
    .map(({ ordinal: _ordinal, ...erasure }) => erasure);
}

function erasuresOf(
  on: Connection,
  account: string,
  subjectId: string,
): readonly (PastErasure & { ordinal: number })[] {
  return on
    .sql(
      `SELECT ordinal, request_id, operation, options, before, finished_at FROM steps
       WHERE account = ? AND subject_id = ? AND state = 'succeeded' AND finished_at IS NOT NULL
         AND operation IN (${DELETIONS.map(() => '?').join(', ')})`,
    )
    .all(account, subjectId, ...DELETIONS)
    .map((row) => ({
      ordinal: integer(row, 'ordinal'),
      subjectId,
      requestId: text(row, 'request_id'),
      operation: word(row, 'operation', OPERATIONS),
      options: json(row, 'options'),
      before: wordOrNull(row, 'before', SIGHTS),
      finishedAt: integer(row, 'finished_at'),
    }));
}
