import type { SQLInputValue } from 'node:sqlite';
import { canonicalJson } from '../requests/canonical.ts';
import { type DueRule, dueRule } from '../requests/confirmation.ts';
import { ALL_OPERATIONS, STEP_STATES, type Step } from '../requests/request.ts';
import type { Connection } from './file/connection.ts';
import type { DueQuery, DueStep, Group } from './ledger.ts';
import { type Row, integer, text } from './rows/columns.ts';
import { dueSteps } from './rows/steps.ts';

/** What is taken of each seek: columns, a comparison of the instant with `at`, and an order. */
interface Taking {
  name: string;
  columns: string;
  compare: '<=' | '>';
  order: string;
}

/** Steps without a wait come first. */
const WAITS = 'ifnull(next_at, -1)';

/**
 * What is taken of the steps that a query is about, in no order, with the number of its `seek`. There
 * is one seek for each state and operation, which one index answers up to its last column, the
 * instant, so that a provider that pauses costs nothing, however much waits there; the seeks of an
 * account are one statement. At most `limit` come of each.
 */
function seek(
  on: Connection,
  token: string,
  query: DueQuery,
  taking: Taking,
  limit: number,
): readonly Row[] {
  const { group } = query;
  const statement = statementOf(query, taking);
  if (statement === '') return [];
  const rest: SQLInputValue[] = group === undefined ? [] : [groupOptions(group)];
  if (group !== undefined && group.batch !== null) rest.push(group.batch);
  return [...new Set(query.accounts)].flatMap((account) =>
    on.sql(statement).all(token, account, query.at, limit, ...rest),
  );
}

/** As `steps.options` has them. */
function groupOptions({ options }: Group): string {
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
  const asked = ALL_OPERATIONS.filter(
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
  const rule = dueRule({ operation, state });
  if (rule !== null) parts.push(ruleCondition(rule));
  return parts.join(' AND ');
}

function ruleCondition({ confirmedWithin, orInDoubtSince }: DueRule): string {
  const recent = `EXISTS (SELECT 1 FROM requests WHERE requests.id = steps.request_id
      AND requests.confirmed_at > ?3 - ${String(confirmedWithin)})`;
  if (orInDoubtSince === null) return recent;
  return `(${recent} OR (doubts > 0 AND intended_at < ?3 - ${String(orInDoubtSince)}))`;
}

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
  const awaited = on.sql(
    `SELECT 1 FROM steps
     WHERE lease_token = ? AND account = ? AND operation = ? AND options = ? AND batch IS ?
       AND state = 'planned' AND blocked = 1 AND finished_at IS NULL LIMIT 1`,
  );
  const { operation, batch } = group;
  return awaited.get(token, account, operation, groupOptions(group), batch) !== undefined;
}
