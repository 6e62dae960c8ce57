import type { PlannedRequest, Request } from '../../requests/request.ts';
import type { Connection } from '../file/connection.ts';
import { text } from '../rows/columns.ts';
import { requestFrom } from '../rows/steps.ts';

/**
 * The unsettled requests about the people of a page of plans, looked for at once. Valid inside the
 * transaction that records it.
 */
export function standingAmong(on: Connection, page: readonly PlannedRequest[]) {
  const known = unsettled(on, page);
  const shared = sharedKeys(page);
  return {
    /** Whether another plan of the page is about one of the same people. */
    isMet: ({ steps }: PlannedRequest): boolean =>
      shared.size > 0 && steps.some((step) => shared.has(keyOf(step))),
    /** Those that share an account and the id there with the plan, oldest first. */
    of(plan: PlannedRequest): readonly Request[] {
      const ids = new Set(plan.steps.flatMap((step) => known.get(keyOf(step)) ?? []));
      return ids.size === 0 ? [] : requestsOf(on, [...ids]);
    },
    /** One of the page has been recorded. */
    add(plan: PlannedRequest): void {
      for (const key of new Set(plan.steps.map(keyOf))) {
        known.set(key, [...(known.get(key) ?? []), plan.id]);
      }
    },
  };
}
export type Standing = ReturnType<typeof standingAmong>;

type Person = Pick<PlannedRequest['steps'][number], 'account' | 'subjectId'>;

function keyOf({ account, subjectId }: Person): string {
  return `${account}\n${subjectId}`;
}

/** The people whom several plans are about. */
function sharedKeys(page: readonly PlannedRequest[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { steps } of page) {
    const own = new Set(steps.map(keyOf));
    for (const key of own) (seen.has(key) ? shared : seen).add(key);
  }
  return shared;
}

/** The ids of unsettled requests, by the people that they are about. */
function unsettled(
  on: Connection,
  page: readonly PlannedRequest[],
): Map<string, readonly string[]> {
  const known = new Map<string, readonly string[]>();
  const byAccount = Map.groupBy(
    page.flatMap(({ steps }) => steps),
    ({ account }) => account,
  );
  for (const [account, steps] of byAccount) {
    const subjectIds = new Set(steps.map(({ subjectId }) => subjectId));
    // CROSS: the people are few, and the unsettled requests may be many.
    const rows = on
      .sql(
        `SELECT DISTINCT people.value AS subject_id, requests.id
         FROM json_each(?1) AS people
         CROSS JOIN steps ON steps.account = ?2 AND steps.subject_id = people.value
         CROSS JOIN requests ON requests.id = steps.request_id
         WHERE requests.state IN ('open', 'in_doubt')`,
      )
      .all(JSON.stringify([...subjectIds]), account);
    for (const row of rows) {
      const key = keyOf({ account, subjectId: text(row, 'subject_id') });
      known.set(key, [...(known.get(key) ?? []), text(row, 'id')]);
    }
  }
  return known;
}

function requestsOf(on: Connection, ids: readonly string[]): readonly Request[] {
  return on
    .sql(
      'SELECT * FROM requests WHERE id IN (SELECT value FROM json_each(?)) ORDER BY created_at, ordinal',
    )
    .all(JSON.stringify(ids))
    .map((row) => requestFrom(on, row));
}
