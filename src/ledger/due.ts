import { integer } from './columns.ts';
import type { Connection } from './connection.ts';
import { dueSteps } from './due-step.ts';
import type { DueQuery, DueStep, Group } from './ledger.ts';
import { groupOptions, seeksOf } from './seeks.ts';

/** Steps that wait for nothing any more: at once first, then the longest overdue, then the oldest. */
export function due(on: Connection, token: string, query: DueQuery): readonly DueStep[] {
  const ordinals = seeksOf(token, query)
    .flatMap(({ where, values }) =>
      on
        .sql(
          `SELECT ordinal, ifnull(next_at, -1) AS waits FROM steps
           WHERE ${where} AND ifnull(next_at, -1) <= ?
           ORDER BY ifnull(next_at, -1), ordinal LIMIT ?`,
        )
        .all(...values, query.at, query.limit),
    )
    .map((row) => ({ ordinal: integer(row, 'ordinal'), waits: integer(row, 'waits') }))
    .toSorted((a, b) => a.waits - b.waits || a.ordinal - b.ordinal)
    .slice(0, query.limit)
    .map(({ ordinal }) => ordinal);
  return dueSteps(on, ordinals);
}

/** The next instant at which one of these steps is due; null: none waits. */
export function nextDueAt(on: Connection, token: string, query: DueQuery): number | null {
  const instants = seeksOf(token, query).flatMap(({ where, values }) =>
    on
      .sql(
        `SELECT next_at FROM steps
         WHERE ${where} AND ifnull(next_at, -1) > ?
         ORDER BY ifnull(next_at, -1) LIMIT 1`,
      )
      .all(...values, query.at)
      .map((row) => integer(row, 'next_at')),
  );
  return instants.length === 0 ? null : Math.min(...instants);
}

/** Whether a planned step of the group waits for another step of its request. */
export function isAwaited(on: Connection, token: string, account: string, group: Group): boolean {
  const row = on
    .sql(
      `SELECT 1 FROM steps
       WHERE lease_token = ? AND account = ? AND operation = ? AND options = ? AND batch IS ?
         AND state = 'planned' AND blocked = 1 AND finished_at IS NULL LIMIT 1`,
    )
    .get(token, account, group.operation, groupOptions(group), group.batch);
  return row !== undefined;
}
