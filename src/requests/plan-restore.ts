import { callsOf, leastTime } from './calls.ts';
import { NO_RESTORE, restoreEffects } from './effects.ts';
import type { Refusal } from './erase-options.ts';
import { type ExportTarget, type Intake, idAt } from './plan.ts';
import { type Proposal, type Sightings, type Tempo, foundOf } from './proposal.ts';
import type { Operation, PlannedRequest, PlannedStep, Subject } from './request.ts';

/** A deletion of a Stream user that this ledger has on record. */
export interface Erasure {
  subjectId: string;
  requestId: string;
  operation: Operation;
  options: Readonly<Record<string, unknown>>;
}

/** What a restore is to do, and what is known before the question; `erasures` oldest first. */
export interface RestoreWish {
  subjects: readonly Subject[];
  targets: readonly ExportTarget[];
  intake: Intake;
  sightings: Sightings;
  erasures: readonly Erasure[];
  tempo: Tempo;
  refusals: readonly Refusal[];
}

const UNSUPPORTED =
  'Sendbird has no restore: a deletion there is permanent. Nothing was asked of it.';
const ACTIVE = 'The account was visible already: nothing was sent.';
const COMES_BACK =
  'Only the account comes back: not feed data and follows, channel memberships, messages and reactions.';

/**
 * The plan of a restore: one request a subject. Who is visible at Stream is `already_active`, and
 * at Sendbird it is `unsupported`; neither makes a call.
 */
export function planRestore(wish: RestoreWish, newId: () => string): Proposal {
  const requests = wish.subjects.map((subject): PlannedRequest => {
    const id = `req_${newId()}`;
    const steps = wish.targets.flatMap((target) => stepsAt(target, subject, id, wish));
    return { id, action: 'restore', mode: null, subject, ...wish.intake, steps };
  });
  const calls = callsOf(requests);
  const { limits, share, at } = wish.tempo;
  const providers = new Set(requests.flatMap(({ steps }) => steps.map((step) => step.provider)));
  return {
    action: 'restore',
    requests,
    looked: wish.sightings.size > 0,
    found: foundOf(wish.subjects, wish.targets, wish.sightings, (_account, id) => {
      return erasureOf(id, wish.erasures)?.requestId ?? null;
    }),
    owners: new Map(),
    effects: [
      ...(providers.has('stream') ? restoreEffects() : []),
      ...(providers.has('sendbird') ? [NO_RESTORE] : []),
    ],
    cost: { calls, time: leastTime(calls, limits, share, at) },
    needs: calls.size === 0 ? 'nothing_to_send' : 'answered',
    exportsTo: null,
    acceptPartial: false,
    refusals: wish.refusals,
  };
}

/** The last deletion of a Stream user that succeeded; null: this ledger has none. */
export function erasureOf(subjectId: string, erasures: readonly Erasure[]): Erasure | null {
  const last = erasures.findLast(
    (each) => each.operation === 'delete_users' && each.subjectId === subjectId,
  );
  return last ?? null;
}

function stepsAt(
  { provider, account }: ExportTarget,
  subject: Subject,
  requestId: string,
  { sightings, erasures }: RestoreWish,
): PlannedStep[] {
  const subjectId = idAt(subject, provider);
  if (subjectId === null) return [];
  const step = { provider, account, subjectId, operation: 'restore_users', options: {} } as const;
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
  const last = erasureOf(subjectId, erasures);
  if (last === null) return COMES_BACK;
  const harder = (['user', 'messages', 'conversations', 'calls'] as const).flatMap((what) => {
    const how = last.options[what];
    return how === 'hard' || how === 'pruning' ? [`${what} ${how}`] : [];
  });
  if (last.options['files'] === true) harder.push('files');
  if (harder.length === 0) return COMES_BACK;
  return `${COMES_BACK} ${last.requestId} deleted harder than soft: ${harder.join(', ')}.`;
}
