import { z } from 'zod';
import { type ApiAnswer, failure } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { Submission } from '../../requests/transitions/answers.ts';
import { type Ids, batchOf, notOurs, onlySubject } from '../batch.ts';
import type { Outcome } from '../denial.ts';
import type { Outgoing } from '../provider.ts';
import { Handle, Said } from './schemas.ts';

/** Group channels of a deleted user: they stay, those of two members go, or all go (SEED). */
const DeleteOptions = z.strictObject({
  channel_delete_option: z.enum(['do_not_delete', '1_on_1', 'all']),
});

/** The most users of one deletion (SEED). */
const MOST = 100;

/**
 * What is registered. `action` is no option: left out, it means `delete` (SEED), so that the type
 * has no way to leave it out.
 */
export type Registration =
  | { action: 'access'; user_id: string }
  | ({ action: 'delete'; user_ids: Ids } & z.infer<typeof DeleteOptions>);

/**
 * What is registered for a call. An access is for one user: its zip is that person's. A deletion
 * says what becomes of the channels, though Sendbird has a default.
 */
export function registrationFor(call: Outgoing): Registration {
  if (call.operation === 'access') return { action: 'access', user_id: onlySubject(call) };
  if (call.operation !== 'delete') throw notOurs(`Sendbird cannot be asked for ${call.operation}`);
  const options = DeleteOptions.safeParse(call.options);
  if (!options.success) throw notOurs('delete was about to be sent with other options');
  return { action: 'delete', user_ids: batchOf(call, MOST), ...options.data };
}

/** What an answer says about a request, as far as it says it. */
type Claims = Partial<z.infer<typeof Said>>;

/**
 * The field in which an answer says something else than what was asked; null: none. What it leaves
 * out contradicts nothing: it answers about a request id that is ours.
 */
export function contradiction(said: Claims, asked: Registration): keyof Claims | null {
  if (isOther(said.action, asked.action)) return 'action';
  if (asked.action === 'access') {
    return isOther(said.user_id, asked.user_id) ? 'user_id' : null;
  }
  const { user_ids: ids, user_id: id } = said;
  if (ids != null && !isSame(ids, asked.user_ids)) return 'user_ids';
  if (ids == null && id != null && !isSame([id], asked.user_ids)) return 'user_id';
  const isOtherOption = isOther(said.channel_delete_option, asked.channel_delete_option);
  return isOtherOption ? 'channel_delete_option' : null;
}

/**
 * Whether an entry of the list may be what this registration started. It must say its action and
 * its users; whether it always says its option is unconfirmed ([U]). One that says none counts as
 * the documented default: were it taken for a wider one, channels that stay would pass for deleted,
 * while one that is passed over is only looked for again and settled by the look-up.
 */
export function isLike(entry: Claims, wanted: Registration): boolean {
  if (entry.action !== wanted.action) return false;
  if (wanted.action === 'access') return entry.user_id === wanted.user_id;
  const ids = entry.user_ids ?? (entry.user_id == null ? [] : [entry.user_id]);
  const option = entry.channel_delete_option ?? 'do_not_delete';
  return isSame(ids, wanted.user_ids) && option === wanted.channel_delete_option;
}

function isOther(said: string | null | undefined, asked: string): boolean {
  return said != null && said !== asked;
}

/** The same ids in any order: a set is what was registered. */
function isSame(these: readonly string[], those: readonly string[]): boolean {
  const [some, others] = [new Set(these), new Set(those)];
  return some.size === others.size && [...some].every((id) => others.has(id));
}

/**
 * What Sendbird's answer to a registration means. It must say what was asked for: one that names
 * another action, other users or another option is refused for good, task id in its words, because
 * following it would fetch another person's data, and sending it again could delete a second time.
 * One that only lacks something keeps its task id; each view asserts the same again.
 */
export function registrationOf(
  outcome: Outcome,
  asked: Registration,
  redactor: Redactor,
): Submission {
  if (outcome.kind === 'ok') return registered(outcome.answer, asked, redactor);
  // [U]: an unknown user is refused here, and a whole deletion for it, or is registered and ends
  // as `no_data`: both are served.
  return outcome.kind === 'denied' ? { kind: 'refused', error: outcome.error } : outcome;
}

function registered(
  { text, status: httpStatus }: ApiAnswer,
  asked: Registration,
  redactor: Redactor,
): Submission {
  const handle = readJson(text, Handle);
  if (handle.kind !== 'fits') {
    const what = handle.kind === 'misfit' ? `${handle.field} is not as agreed` : 'not JSON';
    const message = `Sendbird accepted the call, and its answer holds no request: ${what}`;
    return { kind: 'lost', error: failure('unreadable_answer', message, { httpStatus }) };
  }
  const taskId = handle.value.request_id;
  const claims = readJson(text, Said);
  const said: Claims = claims.kind === 'fits' ? claims.value : {};
  const wrong = contradiction(said, asked);
  if (wrong !== null) {
    const message = `Sendbird registered something else than was asked for: ${wrong} of its request ${redactor.clean(taskId)} differs. Look at that request at Sendbird before anything else`;
    return { kind: 'refused', error: failure('wrong_answer', message, { httpStatus }) };
  }
  const { status } = said;
  return { kind: 'accepted', taskId, status: status == null ? null : redactor.clean(status) };
}
