import { type Erasure, standingErasure, standingErasures } from '../past-erasures.ts';
import type { PlannedRequest, PlannedStep, Subject } from '../request.ts';
import { partMode, streamPartsOf } from '../stream-options.ts';
import { NO_RESTORE, restoreEffects } from './effects.ts';
import { type ExportTarget, NO_OPTIONS, type PageWish, type ProviderPlan, idAt } from './plan.ts';
import { type PlanPage, type Sightings, foundSubjects } from './preview.ts';
import { type PlanTotals, createPlanTotals } from './totals.ts';

/** What a restore is to do for one page of subjects, and what is known of them; `erasures` oldest first. */
export interface RestoreWish extends PageWish {
  sightings: Sightings;
  erasures: readonly Erasure[];
}

const UNSUPPORTED =
  'Sendbird has no restore: a deletion there is permanent. Nothing was asked of it.';
const ACTIVE = 'The account was visible already: nothing was sent.';
const COMES_BACK =
  'Stream brings back the account only: not feed data, follows and channel memberships; messages and reactions may stay hidden.';

/**
 * The plan of a restore for a page of subjects: one request a subject. Who is visible at Stream is
 * `already_active`, and at Sendbird it is `unsupported`; neither makes a call.
 */
export function planRestore(wish: RestoreWish, newId: () => string): PlanPage {
  const requests = wish.subjects.map((subject, index): PlannedRequest => {
    const id = `req_${newId()}`;
    const steps = wish.targets.flatMap((target) => stepsAt(target, subject, id, wish));
    const { details, own } = wish;
    return { id, action: 'restore', mode: null, subject, ...details, ...own?.[index], steps };
  });
  return {
    action: 'restore',
    looked: wish.sightings.size > 0,
    requests,
    found: foundSubjects(
      wish.subjects,
      wish.targets,
      wish.sightings,
      (_account, operation, id) => standingErasure(wish.erasures, operation, id)?.requestId ?? null,
    ),
  };
}

/** Adds pages of a restore up to what somebody is to agree to. */
export function restoreTotals(targets: readonly ExportTarget[], profile: string): PlanTotals {
  return createPlanTotals('restore', restorePlans(targets), ({ providers, calls }) => ({
    profile,
    effects: [
      ...(calls.size > 0 ? restoreEffects() : []),
      ...(providers.has('sendbird') ? [NO_RESTORE] : []),
    ],
    needs: calls.size === 0 ? 'nothing_to_send' : 'answered',
    exportsTo: null,
    acceptPartial: false,
  }));
}

/** What is asked of each provider for those whom nobody looked up. */
export function restorePlans(targets: readonly ExportTarget[]): readonly ProviderPlan[] {
  return targets.map(({ provider, account }) => {
    const step = { operation: 'restore_users', options: NO_OPTIONS } as const;
    return {
      provider,
      account,
      steps: [provider === 'sendbird' ? { ...step, state: 'unsupported' } : step],
    };
  });
}

function stepsAt(
  { provider, account }: ExportTarget,
  subject: Subject,
  requestId: string,
  { sightings, erasures }: RestoreWish,
): PlannedStep[] {
  const subjectId = idAt(subject, provider);
  if (subjectId === null) return [];
  const step = {
    provider,
    account,
    subjectId,
    operation: 'restore_users',
    options: NO_OPTIONS,
  } as const;
  if (provider === 'sendbird') {
    const id = `${requestId}/sendbird/restore_users`;
    return [{ ...step, id, state: 'unsupported', note: UNSUPPORTED }];
  }
  const id = `${requestId}/restore_users`;
  const presence = sightings.get(provider)?.presence.get(subjectId);
  if (presence === undefined) return [{ ...step, id, note: noteOf(subjectId, erasures) }];
  if (presence.visible) {
    return [{ ...step, id, before: 'visible', state: 'already_active', note: ACTIVE }];
  }
  return [{ ...step, id, before: 'not_visible', note: noteOf(subjectId, erasures) }];
}

/** What does not come back: in general, and what this ledger knows to be deleted harder than soft. */
function noteOf(subjectId: string, erasures: readonly Erasure[]): string {
  const known = standingErasures(erasures, 'delete_users', subjectId).flatMap((each) => {
    const harder = harderThanSoft(each);
    if (harder.length === 0) return [];
    return [`${each.requestId} deleted harder than soft: ${harder.join(', ')}.`];
  });
  return [COMES_BACK, ...known].join(' ');
}

function harderThanSoft({ options }: Erasure): readonly string[] {
  return streamPartsOf('delete_users').flatMap((part) => {
    const mode = partMode(part, options);
    if (mode === null || mode === 'soft') return [];
    return [options[part.option] === true ? part.option : `${part.option} ${mode}`];
  });
}
