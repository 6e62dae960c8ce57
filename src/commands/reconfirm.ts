import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import type { Holder } from '../ledger/ledger.ts';
import { unsentText } from '../report/unsent-text.ts';
import { type Confirmation, lacksConfirmation } from '../requests/confirmation.ts';
import type { Request, Step } from '../requests/request.ts';
import { confirm } from './confirm.ts';
import { askingGuard } from './guards.ts';
import { readVerified } from './verified.ts';

/** Whether a deletion or restore of the request is not sent, and nobody confirmed it lately. */
export function needsConfirmation(
  { steps, confirmedAt }: Pick<Request, 'steps' | 'confirmedAt'>,
  at: number,
): boolean {
  return steps.some((step) => lacksConfirmation(step, confirmedAt, at));
}

/**
 * Asks anew for what was confirmed too long ago and is not sent yet (SPEC section 3). Without a yes,
 * or without anybody to ask, it stays unsent and the rest goes on. Resolves to an exit code when a
 * signal or Ctrl-C came instead of an answer; null: go on.
 */
export async function confirmAnew(ids: readonly string[], app: App): Promise<number | null> {
  if (askingGuard(false, app).length > 0) return null;
  const { host } = app;
  const { requests } = await readVerified(ids, await app.ledger());
  const now = host.clock.now();
  const stale = requests.filter((request) => needsConfirmation(request, now));
  if (stale.length === 0) return null;
  host.stderr.write(`${unsentText(stale, now)}\n`);
  const unsent = stale.flatMap(({ steps, confirmedAt }) =>
    steps.filter((step) => lacksConfirmation(step, confirmedAt, now)),
  );
  const userIds = [...new Set(stale.map(({ subject }) => subject.userId))];
  const needs = unsent.every(canBeUndone) ? 'answered' : 'typed';
  try {
    const answer = await confirm({ needs, userIds, safe: 'Nothing was sent.' }, false, app);
    if (answer.kind === 'stopped') return answer.exit;
    await recordAnew(stale, answer.confirmation, app);
  } catch (thrown) {
    if (!(thrown instanceof GdprError && thrown.fault === 'guard')) throw thrown;
    host.stderr.write('Not confirmed: it stays unsent, and the rest is carried on.\n');
  }
  return null;
}

/** Those that another process has taken meanwhile are left to it, unconfirmed. */
async function recordAnew(
  requests: readonly Request[],
  confirmation: Confirmation,
  app: App,
): Promise<void> {
  const { host } = app;
  const ledger = await app.ledger();
  const holder: Holder = { token: host.newId(), process: host.process };
  const ids = requests.map(({ id }) => id);
  try {
    const taken = await ledger.take(ids, holder, host.clock.now());
    await ledger.confirm(holder.token, taken, confirmation);
  } finally {
    await ledger.release(holder);
  }
}

/** A restore, or a soft deletion of an account and its messages alone: restore brings it back. */
function canBeUndone({ operation, options }: Step): boolean {
  if (operation === 'restore_users') return true;
  const { user, messages = 'soft', conversations, calls, files = false } = options;
  return (
    operation === 'delete_users' &&
    user === 'soft' &&
    messages === 'soft' &&
    conversations === undefined &&
    calls === undefined &&
    files === false
  );
}
