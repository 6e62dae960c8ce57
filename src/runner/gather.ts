import type { DueQuery, DueStep } from '../ledger/ledger.ts';
import type { Provider } from '../providers/provider.ts';
import { MOST_TOGETHER } from '../requests/calls.ts';
import type { Operation } from '../requests/request.ts';
import { groupKey, groupOf } from './batch.ts';
import type { Work } from './work.ts';

/** How many first intervals between checks a call that could be fuller waits (SPEC section 3). */
const PATIENCE = 30;

/** While others keep coming it waits on, so long after the last, and so long altogether. */
const AFTER_LAST = 10;
const ALTOGETHER = 300;

/** The same for a look: it changes nothing, and people wait for what it shows. */
const LOOK_PATIENCE = 5;

/** What a look at the ledger is made with. */
export interface Glance {
  now: number;
  /** Steps that are worked on at this moment. */
  busy: ReadonlySet<string>;
  /** Nothing else is under way and nobody waits for more: what is there goes as it is. */
  isLast: boolean;
}

/** Forms calls and looks for several subjects: remembers since when each group could go. */
export interface Gathering {
  /** The calls that are to be sent now, each as its steps. */
  form(provider: Provider, operation: Operation, glance: Glance): Promise<readonly DueStep[][]>;
  /** Whether these are looked for now, or later, together with those whose task still runs. */
  mayLook(provider: Provider, members: readonly DueStep[], glance: Glance): Promise<boolean>;
  /** When the next group has waited long enough (ms); null: none waits. */
  wakeAt(): number | null;
}

/**
 * A call is formed when it is full, when nobody else can become ready, or when the first has waited
 * for 30 intervals. Parts of a call that was refused or is in doubt wait for nobody.
 */
export function createGathering(work: Work): Gathering {
  const waiting = new Map<string, { since: number; until: number; size: number }>();

  /** Whether a group that could be fuller waits on. `intervals` count from its first member. */
  const isPatient = (key: string, now: number, size: number, intervals: number): boolean => {
    const { pollInterval } = work;
    const known = waiting.get(key);
    const since = known?.since ?? now;
    const least = known?.until ?? since + intervals * pollInterval;
    const grown = size > (known?.size ?? size);
    const until = grown
      ? Math.min(
          Math.max(least, now + AFTER_LAST * pollInterval),
          since + ALTOGETHER * pollInterval,
        )
      : least;
    waiting.set(key, { since, until, size });
    return now < until;
  };

  /** Whether it goes; when it does, the next group of its kind begins anew. */
  const goes = (key: string, waits: boolean): boolean => {
    if (!waits) waiting.delete(key);
    return !waits;
  };

  const isReady = async (
    members: readonly DueStep[],
    account: string,
    { now, isLast }: Glance,
  ): Promise<boolean> => {
    const [first] = members;
    if (first === undefined) return false;
    const group = groupOf(first.step);
    const isFull = members.length >= (MOST_TOGETHER[group.operation] ?? 1);
    const more =
      !isFull &&
      !isLast &&
      group.batch === null &&
      (await work.ledger.isAwaited(work.token, account, group));
    const key = `send ${account} ${groupKey(group)}`;
    return goes(key, more && isPatient(key, now, members.length, PATIENCE));
  };

  return {
    async form({ account }, operation, glance) {
      const size = MOST_TOGETHER[operation] ?? 1;
      const query: DueQuery = {
        at: glance.now,
        limit: 2 * size + glance.busy.size,
        accounts: [account],
        states: ['planned'],
        operations: [operation],
      };
      const due = await work.ledger.due(work.token, query);
      const groups = new Map<string, DueStep[]>();
      for (const each of due) {
        if (glance.busy.has(each.step.id)) continue;
        const key = groupKey(groupOf(each.step));
        groups.set(key, [...(groups.get(key) ?? []), each]);
      }
      const formed: DueStep[][] = [];
      for (const group of groups.values()) {
        const members = await whole(group, query, glance, work);
        for (let from = 0; from < members.length; from += size) {
          const part = members.slice(from, from + size);
          if (await isReady(part, account, glance)) formed.push(part);
        }
      }
      return formed;
    },
    async mayLook({ account }, members, { now, isLast }) {
      const [first] = members;
      if (first === undefined) return false;
      const { operation, options } = first.step;
      const query = { at: now, limit: 1, accounts: [account], operations: [operation] };
      const running: DueQuery = { ...query, states: ['planned', 'intended', 'accepted'] };
      const more =
        !isLast &&
        ((await work.ledger.due(work.token, running)).length > 0 ||
          (await work.ledger.nextDueAt(work.token, running)) !== null);
      const key = `look ${account} ${groupKey({ operation, options, batch: null })}`;
      return goes(key, more && isPatient(key, now, members.length, LOOK_PATIENCE));
    },
    wakeAt: () =>
      waiting.size === 0 ? null : Math.min(...Array.from(waiting.values(), ({ until }) => until)),
  };
}

/** All that stand in a group, where the look at the ledger may have been too short for them. */
async function whole(
  group: DueStep[],
  query: DueQuery,
  { busy }: Glance,
  work: Work,
): Promise<readonly DueStep[]> {
  const [first] = group;
  if (first === undefined || first.step.batch === null) return group;
  const all = await work.ledger.due(work.token, { ...query, group: groupOf(first.step) });
  return all.filter(({ step }) => !busy.has(step.id));
}
