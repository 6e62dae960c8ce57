import { failure } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { Submission } from '../../requests/transitions/answers.ts';
import type { Outcome } from './denial.ts';
import { type Registration, contradiction } from './registration.ts';
import { Handle, Said } from './schemas.ts';

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
  switch (outcome.kind) {
    case 'ok':
      return registered(outcome.answer.text, outcome.answer.status, asked, redactor);
    case 'denied':
      return { kind: 'refused', error: outcome.error };
    // [U]: an unknown user is refused here, and a whole deletion for it, or is registered and ends
    // as `no_data`: both are served.
    case 'absent':
    case 'credentials':
    case 'limited':
    case 'unavailable':
    case 'unsent':
    case 'lost':
      return outcome;
  }
}

function registered(
  text: string,
  httpStatus: number,
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
  const said = claims.kind === 'fits' ? claims.value : {};
  const wrong = contradiction(said, asked);
  if (wrong !== null) {
    const message = `Sendbird registered something else than was asked for: ${wrong} of its request ${redactor.clean(taskId)} differs. Look at that request at Sendbird before anything else`;
    return { kind: 'refused', error: failure('wrong_answer', message, { httpStatus }) };
  }
  const { status } = said;
  return { kind: 'accepted', taskId, status: status === undefined ? null : redactor.clean(status) };
}
