import type { SQLInputValue } from 'node:sqlite';
import { CONFIRMED_FOR, lacksConfirmation } from '../requests/confirmation.ts';
import { ONCE_MORE_WITHIN } from '../requests/deletion-sent.ts';
import { STEP_STATES, type Operation, type Step } from '../requests/request.ts';
import { canonicalJson } from './canonical.ts';
import type { Connection } from './connection.ts';
import type { Row } from './columns.ts';
import type { DueQuery, Group } from './ledger.ts';
import { OPERATIONS } from './words.ts';

/** What is taken of each seek: columns, a comparison of the instant with `at`, and an order. */
export interface Taking {
  name: string;
  columns: string;
  compare: '<=' | '>';
  order: string;
}

/** Steps without a wait come first. */
export const WAITS = 'ifnull(next_at, -1)';

/**
 * What is taken of the steps that a query is about, in no order, with the number of its `seek`. There
 * is one seek for each state and operation, which one index answers up to its last column, the
 * instant, so that a provider that pauses costs nothing, however much waits there; the seeks of an
 * account are one statement. At most `limit` come of each.
 */
export function seek(
  on: Connection,
  token: string,
  query: DueQuery,
  taking: Taking,
  limit: number,
): readonly Row[] {
  const { group } = query;
  const text = statementOf(query, taking);
  if (text === '') return [];
  const rest: SQLInputValue[] = group === undefined ? [] : [groupOptions(group)];
  if (group !== undefined && group.batch !== null) rest.push(group.batch);
  return [...new Set(query.accounts)].flatMap((account) =>
    on.sql(text).all(token, account, query.at, limit, ...rest),
  );
}

/** As `steps.options` has them. */
export function groupOptions({ options }: Group): string {
  return canonicalJson(options);
}

/** The statement for each kind of query; there are few. Empty: nothing is asked for. */
const statements = new Map<string, string>();

function statementOf(query: DueQuery, taking: Taking): string {
  const { states, operations, group } = query;
  const grouped = group === undefined ? '' : `${group.operation} ${String(group.batch === null)}`;
  const key = `${taking.name}/${states?.join() ?? '*'}/${operations?.join() ?? '*'}/${grouped}`;
  const known = statements.get(key);
  if (known !== undefined) return known;
  const made = spelled(query, taking);
  statements.set(key, made);
  return made;
}

/**
 * Its parameters: 1 the token, 2 the account, 3 `at`, 4 the limit, 5 options and 6 batch of the
 * group. Only words of ours get into it. A sum as limit, since SQLite plans a statement whose limit
 * is a parameter anew each time, which costs ten times as much as the seek.
 */
function spelled({ states, operations, group }: DueQuery, taking: Taking): string {
  const asked = OPERATIONS.filter(
    (each) =>
      (operations?.includes(each) ?? true) && (group === undefined || group.operation === each),
  );
  return STEP_STATES.filter((each) => states?.includes(each) ?? true)
    .flatMap((state) => asked.map((operation) => conditionOf({ state, operation }, group)))
    .map(
      (condition, index) =>
        `SELECT * FROM (
           SELECT ${taking.columns}, ${String(index)} AS seek FROM steps
           WHERE ${condition} AND ${WAITS} ${taking.compare} ?3
           ORDER BY ${taking.order} LIMIT ?4 + 0)`,
    )
    .join('\nUNION ALL\n');
}

function conditionOf(
  { state, operation }: Pick<Step, 'state' | 'operation'>,
  group: Group | undefined,
): string {
  const parts = [
    `lease_token = ?1 AND account = ?2 AND state = '${state}' AND operation = '${operation}'`,
    'finished_at IS NULL AND blocked = 0',
  ];
  if (group !== undefined) {
    parts.push(`options = ?5 AND ${group.batch === null ? 'batch IS NULL' : 'batch = ?6'}`);
  }
  if (lacksConfirmation({ operation, state }, null, 0)) parts.push(confirmed(operation));
  return parts.join(' AND ');
}

/**
 * Somebody has confirmed the request, and not too long ago; or a call of the step may have arrived
 * and is too old to be sent again: then it is due for being left to the operator, and not for sending.
 */
function confirmed(operation: Operation): string {
  const recent = `EXISTS (SELECT 1 FROM requests WHERE requests.id = steps.request_id
      AND requests.confirmed_at > ?3 - ${String(CONFIRMED_FOR)})`;
  if (operation === 'restore_users') return recent;
  return `(${recent} OR (doubts > 0 AND intended_at < ?3 - ${String(ONCE_MORE_WITHIN)}))`;
}
