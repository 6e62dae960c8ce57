import type { Action, Operation, ProviderName, Sight, Subject } from '../request.ts';
import type { Sample } from '../sample.ts';
import type { Refusal } from '../stream-options.ts';
import type { Presence } from '../transitions/answers.ts';
import type { Limit } from './calls.ts';
import type { Effect } from './effects.ts';
import type { Findings } from './findings.ts';
import { type Plan, idAt } from './plan.ts';

/** What a look-up at one provider has shown, by the ids there. */
export interface Seen {
  presence: ReadonlyMap<string, Presence>;
  /** Whose feed data can be seen; null: it is not deleted, so nobody looked. */
  feeds: ReadonlySet<string> | 'not_checkable' | null;
}

/** What was seen where; a provider that nobody asked is absent. */
export type Sightings = ReadonlyMap<ProviderName, Seen>;

/** What is known of one subject at one provider, before the question. */
export interface FoundSubject {
  userId: string;
  provider: ProviderName;
  subjectId: string;
  /** Null: not looked up. */
  presence: Presence | null;
  feeds: Sight | 'not_checkable' | null;
  /** The request of this ledger that erased the account before. */
  earlier: string | null;
}

/** How a plan is agreed to: the id typed out, a yes, or not at all since it makes no call. */
export type Needs = 'typed' | 'answered' | 'nothing_to_send';

/** The providers' limits, how much of them is used (0 to 1), and now (ms). */
export interface Tempo {
  limits: ReadonlyMap<Operation, Limit>;
  share: number;
  at: number;
}

/** What a run would do, added up over all of its subjects, in bounded space. */
export interface Sum {
  action: Action;
  subjects: number;
  /** The subject, where there is only one. */
  only: Subject | null;
  /** What the operator should know about ids, one sentence each. */
  warnings: Sample<string>;
  /** The calls that start the work. */
  calls: ReadonlyMap<Operation, number>;
  /** What a dry run reports instead of refusing. */
  refusals: Sample<Refusal>;
}

/** Where something is done: the profile, and the accounts in the order of its providers. */
export interface Where {
  profile: string;
  accounts: readonly { provider: ProviderName; account: string }[];
}

/** A plan that somebody has to agree to: plain data, however many it is about. */
export interface Preview extends Sum, Where {
  /** Those who have another id at a provider than the operator's. */
  elsewhere: Sample<Subject>;
  looked: boolean;
  findings: Findings;
  /** Whether anybody's account is visible already, so that nothing is sent for it. */
  hasActive: boolean;
  /** The new owners that the options name, and what was seen of them. */
  owners: ReadonlyMap<string, Presence>;
  effects: readonly Effect[];
  /** How long it takes at least, ms at the limits in force; null where none is known. */
  time: number | null;
  needs: Needs;
  /** Where everything is exported to before anything is deleted; null: it is not. */
  exportsTo: string | null;
  acceptPartial: boolean;
}

/** One page of a plan, and what is known of its subjects: `found` is by request, in the same order. */
export interface PlanPage extends Plan {
  looked: boolean;
  found: readonly (readonly FoundSubject[])[];
}

/**
 * What is known of the subjects at the providers of a run, by subject; `earlier` answers by account,
 * operation and the id there.
 */
export function foundSubjects(
  subjects: readonly Subject[],
  targets: readonly { provider: ProviderName; account: string }[],
  sightings: Sightings,
  earlier: (account: string, operation: Operation, subjectId: string) => string | null,
): readonly (readonly FoundSubject[])[] {
  return subjects.map((subject) => {
    const found: FoundSubject[] = [];
    for (const { provider, account } of targets) {
      const subjectId = idAt(subject, provider);
      if (subjectId === null) continue;
      const seen = sightings.get(provider);
      found.push({
        userId: subject.userId,
        provider,
        subjectId,
        presence: seen?.presence.get(subjectId) ?? null,
        feeds: feedsOf(seen?.feeds ?? null, subjectId),
        earlier: earlier(account, provider === 'stream' ? 'delete_users' : 'delete', subjectId),
      });
    }
    return found;
  });
}

/** Whether somebody's feed data can be seen. */
export function feedsOf(feeds: Seen['feeds'], subjectId: string): FoundSubject['feeds'] {
  if (feeds === null || feeds === 'not_checkable') return feeds;
  return feeds.has(subjectId) ? 'visible' : 'not_visible';
}
