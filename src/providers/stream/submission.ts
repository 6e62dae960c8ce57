import { failure } from '../../http/failure.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Submission } from '../../requests/outcome.ts';
import { type Outcome, saysUnknownUser } from './denial.ts';
import { Started } from './schemas.ts';

/**
 * What Stream's answer to a POST that starts a task means. Any 2xx has started it; one from which
 * no task id can be read is lost.
 */
export function submissionOf(outcome: Outcome, userIds: readonly string[]): Submission {
  switch (outcome.kind) {
    case 'ok': {
      const { text, status } = outcome.answer;
      const reading = readJson(text, Started);
      if (reading.kind === 'fits') {
        return { kind: 'accepted', taskId: reading.value.task_id, status: null };
      }
      const what = reading.kind === 'misfit' ? `${reading.field} is not as agreed` : 'not JSON';
      const message = `Stream accepted the call, and its answer holds no task: ${what}`;
      return { kind: 'lost', error: failure('unreadable_answer', message, { httpStatus: status }) };
    }
    case 'denied': {
      const { error } = outcome;
      return saysUnknownUser(outcome, userIds)
        ? { kind: 'absent', error: { ...error, code: 'not_found' } }
        : { kind: 'refused', error };
    }
    case 'credentials':
    case 'limited':
    case 'unavailable':
    case 'unsent':
    case 'lost':
      return outcome;
  }
}
