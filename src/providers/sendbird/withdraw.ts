import { failure } from '../../http/exchange.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { StepError } from '../../requests/request.ts';
import type { Withdrawal } from '../../requests/transitions/answers.ts';
import { type Outcome, asUnreachable } from '../denial.ts';
import type { RunningCall } from '../provider.ts';
import { type RequestView, viewRequest } from './check.ts';
import type { SendbirdDeps } from './client.ts';
import type { GdprRequest } from './schemas.ts';

/** What a request that was taken back may be called: no word for it is documented ([U]). */
const CANCELED = /^(?:cancell?ed|unregistered)$/i;

/** A request in one of these is beyond recall (docs/providers/sendbird.md 2.5). */
const BEGUN: ReadonlySet<string> = new Set(['processing', 'done', 'no_data']);

/** The answers to a cancellation after which a look decides. */
type Sent = Exclude<Outcome, { kind: 'credentials' | 'limited' | 'unsent' }>;

/**
 * Takes a request back, docs/providers/sendbird.md 2.4. Until which state that works, and what it does
 * to a request that is done, is unconfirmed ([U]): only one that a look has shown as `scheduled` is
 * cancelled at all, once, and whatever the answer says, a second look decides. Whether the request
 * is unknown then or shown with a word for it is unconfirmed too ([U]): both count.
 */
export async function withdraw(
  call: RunningCall,
  deps: SendbirdDeps,
  signal: AbortSignal,
): Promise<Withdrawal> {
  const { client, redactor } = deps;
  const before = await viewRequest(call, deps, signal);
  if (before.kind !== 'request' || before.request.status !== 'scheduled') {
    return nothingSent(before, redactor);
  }
  const outcome = await client.cancelGdprRequest(call.taskId, signal);
  const { kind } = outcome;
  if (kind === 'credentials' || kind === 'limited' || kind === 'unsent') {
    return asUnreachable(outcome);
  }
  return withdrawalOf(outcome, await viewRequest(call, deps, signal), redactor);
}

/** What a request that was not `scheduled` before anything was sent means. */
function nothingSent(view: RequestView, redactor: Redactor): Withdrawal {
  switch (view.kind) {
    case 'request':
      return CANCELED.test(view.request.status)
        ? { kind: 'withdrawn' }
        : tooLate(view.request, redactor);
    case 'failed':
      return { kind: 'too_late', error: view.error };
    case 'forgotten': {
      const message = `nothing was sent, because the request may have been withdrawn before, or carried out: ${view.error.message}`;
      return { kind: 'unclear', error: { ...view.error, message } };
    }
    case 'unreadable':
      return { kind: 'unavailable', error: view.error };
    case 'credentials':
    case 'limited':
    case 'unavailable':
      return view;
  }
}

/** What the second look means for a cancellation that may have arrived. */
function withdrawalOf(sent: Sent, view: RequestView, redactor: Redactor): Withdrawal {
  switch (view.kind) {
    case 'request': {
      const { status } = view.request;
      if (CANCELED.test(status)) return { kind: 'withdrawn' };
      if (BEGUN.has(status)) return tooLate(view.request, redactor);
      return { kind: 'unclear', error: unborne(sent, view.request, redactor) };
    }
    // A moment ago it was scheduled. One that was refused, and is gone all the same, is no proof.
    case 'forgotten':
      return sent.kind === 'denied'
        ? { kind: 'unclear', error: unseen(view.error) }
        : { kind: 'withdrawn' };
    case 'failed':
    case 'unreadable':
    case 'credentials':
    case 'limited':
    case 'unavailable':
      return { kind: 'unclear', error: unseen(view.error) };
  }
}

function tooLate({ request_id, status }: GdprRequest, redactor: Redactor): Withdrawal {
  const message = `Sendbird's request ${redactor.clean(request_id)} is ${redactor.clean(status)}: only one that is scheduled can be withdrawn`;
  return { kind: 'too_late', error: failure('refused', message) };
}

/** The look does not bear out that it was withdrawn. */
function unborne(sent: Sent, { status }: GdprRequest, redactor: Redactor): StepError {
  const shown = `Sendbird still shows the request as ${redactor.clean(status)}`;
  if (sent.kind === 'ok') {
    const message = `${shown}, after it accepted the withdrawal`;
    return failure('wrong_answer', message, { httpStatus: sent.answer.status, passing: true });
  }
  const message = `${shown}, and its withdrawal may be under way: ${sent.error.message}`;
  return { ...sent.error, message, passing: true };
}

/** The withdrawal was sent, and its look shows nothing. */
function unseen(error: StepError): StepError {
  const message = `whether the withdrawal took cannot be seen: ${error.message}`;
  return { ...error, message, passing: true };
}
