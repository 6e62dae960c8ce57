import type { SQLInputValue } from 'node:sqlite';
import { REQUEST_STATES } from '../../requests/request.ts';
import type { RequestFilter } from '../ledger.ts';
import { ACTIONS } from '../rows/tables.ts';

/** Some of the requests. */
export interface Part {
  /** The table, with the index that SQLite is to use where it would take a slow one. */
  from: string;
  where: string;
  values: readonly SQLInputValue[];
}

type Condition = Pick<Part, 'where' | 'values'>;

/**
 * The requests that a filter matches, in parts that share none. Ids and people are few, so the rest
 * of the filter is looked at row by row; else there is one part for each state and action, which an
 * index answers.
 */
export function partsOf(filter: RequestFilter): readonly Part[] {
  return fewOf(filter) ?? seeksOf(filter);
}

/**
 * The same, for a walk in the order of recording: an index has the requests of one state in that
 * order, and the rest of the filter is looked at row by row.
 */
export function walkOf(filter: RequestFilter): readonly Part[] {
  const few = fewOf(filter);
  if (few !== null) return few;
  const { states = REQUEST_STATES, unfinished, ...others } = filter;
  const where = 'state = ? AND unfinished = ?';
  return [...new Set(states)].flatMap((state) =>
    (unfinished === true ? [1] : [0, 1]).map((each) => ({
      from: 'requests INDEXED BY requests_walk',
      ...joined([{ where, values: [state, each] }, ...restOf(others)]),
    })),
  );
}

/** Null: the filter names nobody. */
function fewOf(filter: RequestFilter): readonly Part[] | null {
  const { ids, user } = filter;
  // An id at a provider is in an index where it is another than the operator's.
  const where = `(user_id = ? OR (stream_id = ? AND stream_id <> user_id)
    OR (sendbird_id = ? AND sendbird_id <> user_id))`;
  const few = [
    ...(ids === undefined ? [] : [oneOf('id', ids)]),
    ...(user === undefined ? [] : [{ where, values: [user, user, user] }]),
  ];
  return few.length === 0 ? null : [{ from: 'requests', ...joined([...few, ...restOf(filter)]) }];
}

/** A column with a plus is none that SQLite would look up in an index. */
function restOf(filter: RequestFilter): readonly Condition[] {
  const { states, actions, reference, dueBy, unfinished } = filter;
  return [
    ...(states === undefined ? [] : [oneOf('+state', states)]),
    ...(actions === undefined ? [] : [oneOf('+action', actions)]),
    ...(reference === undefined ? [] : [{ where: '+reference = ?', values: [reference] }]),
    ...(unfinished === true ? [{ where: '+unfinished = 1', values: [] }] : []),
    ...(dueBy === undefined ? [] : [{ where: '+due <= ?', values: [dueBy] }]),
  ];
}

function seeksOf(filter: RequestFilter): readonly Part[] {
  const { reference, dueBy } = filter;
  // A reference may be rare, and the newest of all may have another.
  const from = reference === undefined ? 'requests' : 'requests INDEXED BY requests_reference';
  const before = reference === undefined ? [] : [{ where: 'reference = ?', values: [reference] }];
  const after = dueBy === undefined ? [] : [{ where: 'due <= ?', values: [dueBy] }];
  const where = 'state = ? AND action = ? AND unfinished = ?';
  return [...new Set(filter.states ?? REQUEST_STATES)].flatMap((state) =>
    [...new Set(filter.actions ?? ACTIONS)].flatMap((action) =>
      (filter.unfinished === true ? [1] : [0, 1]).map((unfinished) => ({
        from,
        ...joined([...before, { where, values: [state, action, unfinished] }, ...after]),
      })),
    ),
  );
}

function oneOf(column: string, words: readonly string[]): Condition {
  return {
    where: `${column} IN (SELECT value FROM json_each(?))`,
    values: [JSON.stringify(words)],
  };
}

function joined(conditions: readonly Condition[]): Condition {
  return {
    where: conditions.map(({ where }) => where).join(' AND '),
    values: conditions.flatMap(({ values }) => values),
  };
}
