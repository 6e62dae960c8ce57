import { integer, text, type Row } from './columns.ts';
import type { Connection } from './connection.ts';
import { dueSteps } from './due-step.ts';
import type { DueQuery, DueStep, Group } from './ledger.ts';
import { groupOptions, seek, WAITS, type Taking } from './seeks.ts';

const DUE: Taking = {
  name: 'due',
  columns: `ordinal, ${WAITS} AS waits`,
  compare: '<=',
  order: `${WAITS}, ordinal`,
};
const DUE_BY_ID: Taking = { ...DUE, name: 'due by id', columns: `${DUE.columns}, id` };
const NEXT: Taking = { name: 'next', columns: 'next_at', compare: '>', order: WAITS };

/** So many of those that are worked on are read along with the first that are not. */
const FIRST_REACH = 32;

/** Steps that wait for nothing any more: at once first, then the longest overdue, then the oldest. */
export function due(on: Connection, token: string, query: DueQuery): readonly DueStep[] {
  const { except, limit } = query;
  const rows =
    except === undefined || except.size === 0
      ? seek(on, token, query, DUE, limit)
      : seekOthers(on, token, query, except);
  const ordinals = rows
    .map((row) => ({ ordinal: integer(row, 'ordinal'), waits: integer(row, 'waits') }))
    .toSorted((a, b) => a.waits - b.waits || a.ordinal - b.ordinal)
    .slice(0, limit)
    .map(({ ordinal }) => ordinal);
  return dueSteps(on, ordinals);
}

/**
 * The first of each seek that are not excepted. Those in hand are often not in the state that is
 * asked for, so it reaches further only where a seek was cut off before it gave enough.
 */
function seekOthers(
  on: Connection,
  token: string,
  query: DueQuery,
  except: ReadonlySet<string>,
): readonly Row[] {
  const { limit } = query;
  const furthest = limit + except.size;
  for (let reach = limit + FIRST_REACH; ; reach = Math.min(4 * reach, furthest)) {
    const rows = seek(on, token, query, DUE_BY_ID, reach);
    const others = rows.filter((row) => !except.has(text(row, 'id')));
    if (rows.length < reach || reach >= furthest) return others;
    const all = Map.groupBy(rows, (row) => row['seek']);
    const own = Map.groupBy(others, (row) => row['seek']);
    const isCut = [...all].some(
      ([one, { length }]) => length === reach && (own.get(one)?.length ?? 0) < limit,
    );
    if (!isCut) return others;
  }
}

/** The next instant at which one of these steps is due; null: none waits. */
export function nextDueAt(on: Connection, token: string, query: DueQuery): number | null {
  const instants = seek(on, token, query, NEXT, 1).map((row) => integer(row, 'next_at'));
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
