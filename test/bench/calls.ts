import type { CallLogEntry } from '../../src/sandbox/sandbox.ts';
import type { Job } from './batch.ts';

/** Subjects of a look-up or a deletion, and requests on a page of a list. */
const TOGETHER = 100;

type Kind = 'submission' | 'check' | 'look-up' | 'file' | 'limits';

interface Row {
  kind: Kind;
  name: string;
  /** As the sandbox's log names them. */
  operations: readonly string[];
  /** The fewest calls that a job for so many people can do with. */
  least: Readonly<Record<Job, (people: number) => number>>;
}

const none = (): number => 0;
const each = (people: number): number => people;
const hundreds = (people: number): number => Math.ceil(people / TOGETHER);
/** Before and after. */
const twice = (people: number): number => 2 * hundreds(people);

const ROWS: readonly Row[] = [
  row('submission', 'exportFeedUserData', { export: each }),
  row('submission', 'exportUsers', { export: each }),
  row('submission', 'registerGdprAccess', { export: each }),
  row('submission', 'deleteFeedUserData', { erase: each }),
  row('submission', 'deleteUsers', { erase: hundreds }),
  row('submission', 'registerGdprDelete', { erase: hundreds }),
  row('check', 'getTask', {
    export: (people) => 2 * people,
    erase: (people) => people + hundreds(people),
  }),
  {
    kind: 'check',
    name: "Sendbird's list, or one by its id",
    operations: ['listGdprRequests', 'viewGdprRequest'],
    least: { export: hundreds, erase: (people) => hundreds(hundreds(people)) },
  },
  row('look-up', 'queryUsers', { erase: twice }),
  {
    kind: 'look-up',
    name: 'listUsers, or getUser for one',
    operations: ['listUsers', 'getUser'],
    least: { export: none, erase: twice },
  },
  {
    kind: 'look-up',
    name: 'queries of feed data (6)',
    operations: [
      'queryActivities',
      'queryFeeds',
      'queryComments',
      'queryBookmarks',
      'queryBookmarkFolders',
      'queryCollections',
    ],
    // Before: the first may find everybody. After: each must find nobody.
    least: { export: none, erase: (people) => 7 * hundreds(people) },
  },
  row('file', 'downloadFile', { export: (people) => 3 * people }),
  {
    kind: 'limits',
    name: 'rate limits',
    operations: ['getRateLimits', 'getFeedsRateLimits'],
    least: { export: none, erase: none },
  },
];

/** One line of a comparison: calls made for each subject, and how many times the least that is. */
export interface Compared {
  kind: Kind;
  name: string;
  perSubject: number;
  /** Null: none would be needed. */
  ratio: number | null;
}

/** Calls by operation, as logged, over the least possible; operations that neither has are left out. */
export function compareCalls(
  job: Job,
  people: number,
  log: readonly CallLogEntry[],
): readonly Compared[] {
  const made = (operations: readonly string[]): number =>
    log.filter(({ operation }) => operations.includes(operation)).length;
  const known = new Set(ROWS.flatMap(({ operations }) => operations));
  const strange = log.find(({ operation }) => !known.has(operation));
  if (strange !== undefined) throw new Error(`nobody expected ${strange.operation}`);
  return ROWS.flatMap(({ kind, name, operations, least }) => {
    const count = made(operations);
    const fewest = least[job](people);
    if (count === 0 && fewest === 0) return [];
    const ratio = fewest === 0 ? null : count / fewest;
    return [{ kind, name, perSubject: count / people, ratio }];
  });
}

function row(kind: Kind, name: string, least: Partial<Row['least']>): Row {
  return { kind, name, operations: [name], least: { export: none, erase: none, ...least } };
}
