import type { Receipt } from '../../../src/requests/receipt.ts';
import { CHECK_ID } from '../../../src/requests/transitions/change.ts';
import type { Evidence, Violation } from '../evidence.ts';

type Step = Receipt['steps'][number];
type User = ReturnType<Evidence['world']['sandbox']['control']['user']>;

/** A claim of a receipt about a person at a provider, and all that it is held against. */
interface Claim {
  evidence: Evidence;
  receipt: Receipt;
  step: Step;
  user: User;
}

/** What receipts claim, against what the sandbox knows of the person. */
export function checkClaims(evidence: Evidence): Violation[] {
  const { control } = evidence.world.sandbox;
  return evidence.receipts.flatMap((receipt) => {
    const says = receipt.steps.flatMap((step) => {
      const id = receipt.subject[`${step.provider}_id`];
      if (id === null) return [];
      const user = control.user(step.provider, id);
      return wrongIn({ evidence, receipt, step, user }).map(
        (wrong) => `${step.provider} ${step.operation} of ${id} is ${step.state}: ${wrong}`,
      );
    });
    return [...says, ...erasure(receipt)].map((what) => ({
      check: 'claims',
      requestId: receipt.request_id,
      what,
    }));
  });
}

function wrongIn(claim: Claim): string[] {
  const { state, operation } = claim.step;
  if (state === 'not_found') return ofAbsence(claim);
  if (state !== 'succeeded') return [];
  if (!claim.user.known) {
    const isOurs = operation === 'export_feeds' || operation === 'export_users';
    // Stream may take unknown users: their file has no entries, their deletion is its word alone.
    return isOurs || claim.step.note?.includes(CHECK_ID) === true
      ? []
      : ['nobody of that id was ever there'];
  }
  if (operation.startsWith('delete')) return [...ofDeletion(claim), ...ofLook(claim)];
  if (operation === 'restore_users') return ofRestore(claim);
  return claim.step.artifacts.length === 1 ? [] : ['there is no file'];
}

/** Whether the provider was told to lie about this person, and the receipt says that no look speaks for it. */
function isWord({ evidence, receipt, step, user }: Claim): boolean {
  const lied = evidence.played.some(({ faults }) =>
    faults.includes(`user-stays-visible=id:${user.id}`),
  );
  const row = receipt.verification.find(
    ({ provider, check }) =>
      provider === step.provider && (check === 'feed_data') === (step.operation === 'delete_feeds'),
  );
  return lied && row?.before !== 'visible';
}

function ofDeletion(claim: Claim): string[] {
  const { step, user } = claim;
  if (isWord(claim)) return [];
  if (step.operation === 'delete_users') return ofUser(claim);
  if (step.operation === 'delete') {
    return (user.account['deleted'] ?? null) === null ? ['nothing was deleted'] : [];
  }
  const feeds = String(user.account['feeds']);
  const wanted = step.options['hard_delete'] === true ? ['hard'] : ['soft', 'hard'];
  return wanted.includes(feeds) ? [] : [`its feeds are ${feeds}`];
}

/** How strong a deletion of a Stream user is, and what is at least as strong. */
const AT_LEAST: Readonly<Record<string, readonly string[]>> = {
  soft: ['soft', 'pruning', 'hard'],
  pruning: ['pruning', 'hard'],
  hard: ['hard'],
};

function ofUser(claim: Claim): string[] {
  const { step, user } = claim;
  if (step.note?.includes('already gone') === true) return user.visible ? ['it is visible'] : [];
  const weak = ['messages', 'conversations', 'calls'].filter(
    (what) => step.options[what] === 'hard' && user.account[what] !== 'hard',
  );
  if (weak.length > 0) return [`not hard: ${weak.join(', ')}`];
  const mode = modeOf(user);
  const isDone = AT_LEAST[String(step.options['user'])]?.includes(mode ?? '') === true;
  return isDone || wasRestored(claim) ? [] : [`the user is ${mode ?? 'there'}`];
}

/** What a look has found stays true, unless somebody was brought back since. */
function ofLook(claim: Claim): string[] {
  const { receipt, step, user } = claim;
  if (step.operation === 'delete_feeds') return [];
  const row = receipt.verification.find(
    ({ provider, check }) => provider === step.provider && check === 'user_lookup',
  );
  if (row === undefined || row.checked_at === null) return [];
  const isWrong = row.result === 'not_visible' && user.visible && !wasRestored(claim);
  if (isWrong) return ['not_visible, it says, and it is visible'];
  return row.result === 'not_visible' || row.result === 'not_checkable'
    ? []
    : [`its check says ${row.result}`];
}

function wasRestored({ evidence, user }: Claim): boolean {
  if (user.provider !== 'stream') return false;
  return evidence.receipts.some(
    ({ action, subject, steps }) =>
      action === 'restore' &&
      subject.stream_id === user.id &&
      steps.some(({ attempts }) => attempts > 0),
  );
}

/** The account is back, unless it was deleted again since. */
function ofRestore({ evidence, step, user }: Claim): string[] {
  const since = Date.parse(step.accepted_at ?? step.intended_at ?? '');
  const again = evidence.tasks.some(
    ({ operation, userIds, createdAt, endsAt }) =>
      operation === 'deleteUsers' && userIds.includes(user.id) && (endsAt ?? createdAt) >= since,
  );
  return user.visible || again ? [] : ['it is not visible'];
}

/**
 * Who is said not to be there must not have been there at the end either. An export takes the
 * provider's word for it (docs/spec.md 4); a deletion is looked into.
 */
function ofAbsence({ evidence, step, user }: Claim): string[] {
  const { account, known } = user;
  const lied = evidence.played.some(({ faults }) => faults.includes(`batch-refused=id:${user.id}`));
  if (!known || (lied && !step.operation.startsWith('delete'))) return [];
  if (user.provider === 'sendbird')
    return account['deleted'] === null ? ['the account is there'] : [];
  const mode = modeOf(user);
  if (step.operation !== 'restore_users') return mode === 'hard' ? [] : ['the user is there'];
  const at = Number(fieldOf(account['user'], 'at'));
  const isOlder = at < Date.parse(step.finished_at ?? '');
  return mode === 'soft' && isOlder ? ['it could have been brought back'] : [];
}

/** Erased is what was hard everywhere; a softer step that did something makes it hidden. */
function erasure({ erasure: claimed, steps, state }: Receipt): string[] {
  if (claimed === null) return [];
  const done = steps.filter((step) => step.provider === 'stream' && step.state === 'succeeded');
  const deletions = done.filter(({ operation }) => operation.startsWith('delete'));
  const softer = deletions.filter(({ options }) =>
    options['user'] === undefined
      ? options['hard_delete'] !== true
      : options['files'] !== true ||
        ['user', 'messages', 'conversations', 'calls'].some((part) => options[part] !== 'hard'),
  );
  // Who was gone before may have been erased harder than this time.
  const own = softer.filter(({ note }) => !/erased before by|had erased it/.test(note ?? ''));
  if (own.length === 0 && softer.length > 0) return [];
  const right = softer.length === 0 ? 'erased' : 'hidden';
  if (state !== 'completed') return [`"${claimed}" although the request is ${state}`];
  return claimed === right ? [] : [`"${claimed}", and its steps were ${right}`];
}

function modeOf({ account }: User): string | null {
  const mode = fieldOf(account['user'], 'mode');
  return typeof mode === 'string' ? mode : null;
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return null;
  return Object.entries(value).find(([key]) => key === name)?.[1] ?? null;
}
