import { type ApiAnswer, failure } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Submission } from '../../requests/transitions/answers.ts';
import { batchOf, onlySubject } from '../batch.ts';
import type { Outgoing } from '../provider.ts';
import type { StreamClient } from './client.ts';
import type { Reply } from './connection.ts';
import { feedDeletion, userDeletion } from './deletion.ts';
import { type Denial, type Outcome, saysUnknownUser } from './denial.ts';
import { idOf } from './operations.ts';
import { Started } from './schemas.ts';

/** The most users of a DeleteUsers or RestoreUsers call (OAS maxItems). */
const MOST = 100;

/**
 * Sends a call. An export goes for one subject alone, because the file of several could not be told
 * apart, and so does what is in the path. Options are asserted before anything leaves.
 */
export function send(call: Outgoing, client: StreamClient, signal: AbortSignal): Promise<Reply> {
  switch (idOf(call.operation)) {
    case 'ExportFeedUserData':
      return client.exportFeedUserData(onlySubject(call), signal);
    case 'ExportUsers':
      return client.exportUsers([onlySubject(call)], signal);
    case 'DeleteFeedUserData':
      return client.deleteFeedUserData(onlySubject(call), feedDeletion(call), signal);
    case 'DeleteUsers':
      return client.deleteUsers(batchOf(call, MOST), userDeletion(call), signal);
    case 'RestoreUsers':
      return client.restoreUsers(batchOf(call, MOST), signal);
  }
}

/**
 * What Stream's answer to a POST that starts a task means. Any 2xx has started it; one from which
 * no task id can be read is lost.
 */
export function submissionOf(outcome: Outcome, userIds: readonly string[]): Submission {
  return outcome.kind === 'ok' ? started(outcome.answer) : unsuccessful(outcome, userIds);
}

/**
 * What Stream's answer to RestoreUsers means: any 2xx is done, and there is no task
 * (docs/providers/stream.md 2.5). A user who is not deleted is refused, and with him, perhaps, all
 * others of the call ([U]).
 */
export function restorationOf(outcome: Outcome, userIds: readonly string[]): Submission {
  return outcome.kind === 'ok' ? { kind: 'done' } : unsuccessful(outcome, userIds);
}

function started({ text, status }: ApiAnswer): Submission {
  const reading = readJson(text, Started);
  if (reading.kind === 'fits') {
    return { kind: 'accepted', taskId: reading.value.task_id, status: null };
  }
  const what = reading.kind === 'misfit' ? `${reading.field} is not as agreed` : 'not JSON';
  const message = `Stream accepted the call, and its answer holds no task: ${what}`;
  return { kind: 'lost', error: failure('unreadable_answer', message, { httpStatus: status }) };
}

function unsuccessful(denial: Denial, userIds: readonly string[]): Submission {
  if (denial.kind !== 'denied') return denial;
  const { error } = denial;
  return saysUnknownUser(denial, userIds)
    ? { kind: 'absent', error: { ...error, code: 'not_found' } }
    : { kind: 'refused', error };
}
