import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { type Unsent, unsentText } from '../../report/plan/preview-text.ts';
import {
  type Confirmation,
  isUnconfirmed,
  lacksConfirmation,
} from '../../requests/confirmation.ts';
import { calendarDay } from '../../requests/deadline.ts';
import { OPERATIONS } from '../../requests/operations.ts';
import { unsentEffects } from '../../requests/plan/effects.ts';
import { foundSubjects } from '../../requests/plan/preview.ts';
import type { Request } from '../../requests/request.ts';
import type { IdList } from '../../subjects/scratch.ts';
import { lookUpAll } from '../run/lookup.ts';
import { PAGE } from '../run/run.ts';
import { targetsOf } from '../run/task.ts';
import { askToConfirm } from '../shared/confirm.ts';
import type { WaitFlags } from '../shared/flags.ts';
import { type Guard, askingGuard, protectedGuard, protection } from '../shared/guards.ts';
import { newHolder, readVerified } from '../shared/requests.ts';

/** What came of asking anew. */
export type Renewal =
  | { kind: 'stopped'; exit: number }
  /** `refused`: whom the profile protects by now is left as it is; null: nobody. */
  | { kind: 'go_on'; refused: Guard | null };

/**
 * Asks anew for what was confirmed too long ago and is not sent yet (docs/spec.md 3), with the words
 * of a plan. Without a yes, or without anybody to ask, it stays unsent and the rest goes on; so does
 * an erase of whom the profile protects.
 */
export async function reconfirm(ids: IdList, flags: WaitFlags, app: App): Promise<Renewal> {
  const { host } = app;
  const now = host.clock.now();
  const old = await unconfirmed(ids, now, await app.ledger());
  const settings = await app.settings();
  const reasonOf = protection(settings);
  const isProtected = ({ action, subject }: Request): boolean =>
    action === 'erase' && reasonOf(subject) !== null;
  const kept = old.filter(isProtected);
  const [guard] = await protectedGuard([kept.map(({ subject }) => subject)], settings);
  const refused = guard === undefined ? null : { ...guard, requestIds: kept.map(({ id }) => id) };
  const stale = old.filter((request) => !isProtected(request));
  const done: Renewal = { kind: 'go_on', refused };
  if (stale.length === 0 || askingGuard(false, app).length > 0) return done;
  const unsent = await lookedUp(stale, now, flags, app);
  if (unsent === null) return done;
  const dayOf = (at: number): string => calendarDay(at, settings.deadline.timeZone);
  host.stderr.write(`${unsentText(unsent, { dayOf, today: dayOf(now) })}\n`);
  const userIds = [...new Set(stale.map(({ subject }) => subject.userId))];
  const isForGood = unsent.requests.some(({ effects }) =>
    effects.some(({ undo }) => undo === 'never'),
  );
  const needs = isForGood ? 'typed' : 'answered';
  try {
    const userId = userIds.length === 1 ? (userIds[0] ?? null) : null;
    const question = { needs, userId, number: userIds.length, safe: 'Nothing was sent.' } as const;
    const answer = await askToConfirm(question, false, app);
    if (answer.kind === 'stopped') return answer;
    await recordAnew(stale, answer.confirmation, app);
  } catch (thrown) {
    if (!(thrown instanceof GdprError && thrown.fault === 'guard')) throw thrown;
    host.stderr.write('Not confirmed: it stays unsent, and the rest is carried on.\n');
  }
  return done;
}

/** Those of the requests that nobody confirmed lately. */
async function unconfirmed(ids: IdList, now: number, ledger: Ledger): Promise<readonly Request[]> {
  const old: Request[] = [];
  for (const page of ids.ids(PAGE)) {
    const { requests } = await readVerified(page, ledger);
    old.push(...requests.filter((request) => isUnconfirmed(request, now)));
  }
  return old;
}

/** What it is about, with the subjects looked up where that can be done; null when a signal came. */
async function lookedUp(
  stale: readonly Request[],
  now: number,
  flags: WaitFlags,
  app: App,
): Promise<Unsent | null> {
  const providers = await app.providers(flags);
  const steps = stale.flatMap(({ steps: all, confirmedAt }) =>
    all.filter((step) => lacksConfirmation(step, confirmedAt, now)),
  );
  const targets = targetsOf(await app.settings(), providers, []).filter(({ account }) =>
    steps.some((step) => step.account === account),
  );
  const subjects = stale.map(({ subject }) => subject);
  const feeds =
    steps.find(({ operation }) => OPERATIONS[operation].check === 'feed_data')?.options ?? null;
  const requests = stale.map((request) => ({ request, effects: unsentEffects(request, now) }));
  try {
    const shown = await lookUpAll({ targets, providers, owners: [], feeds }, subjects, app);
    if (shown === null) return null;
    const found = foundSubjects(subjects, targets, shown.sightings, () => null);
    return { requests, found, unseen: null };
  } catch (thrown) {
    if (!(thrown instanceof GdprError)) throw thrown;
    return { requests, found: [], unseen: thrown.message };
  }
}

/** Those that another process has taken meanwhile are left to it, unconfirmed. */
async function recordAnew(
  requests: readonly Request[],
  confirmation: Confirmation,
  app: App,
): Promise<void> {
  const { host } = app;
  const ledger = await app.ledger();
  const holder = newHolder(app);
  const ids = requests.map(({ id }) => id);
  try {
    const taken = await ledger.take(ids, holder, host.clock.now());
    await ledger.confirm(holder.token, taken, confirmation);
  } finally {
    await ledger.release(holder);
  }
}
