import { lacksConfirmation } from '../requests/confirmation.ts';
import type { Request } from '../requests/request.ts';
import { doneWords } from './done-words.ts';
import { subjectName } from './receipt-text.ts';
import { OPERATION, PROVIDER, count } from './words.ts';
import { wrap } from './wrap.ts';

/** How many requests are shown one by one. */
const SHOWN = 20;

/** What is not sent and was confirmed too long ago, before it is asked for anew; `now` in ms. */
export function unsentText(requests: readonly Request[], now: number): string {
  const lines = requests.slice(0, SHOWN).flatMap((request) => [
    `  ${request.id}  ${request.action} of ${subjectName(request.subject.userId)}`,
    ...request.steps
      .filter((step) => lacksConfirmation(step, request.confirmedAt, now))
      .flatMap((step) => {
        const what = `${PROVIDER[step.provider]} ${OPERATION[step.operation]}: ${doneWords(step)}`;
        return wrap(what, 6, '    ');
      }),
  ]);
  const more = requests.length - SHOWN;
  return [
    `Not sent yet, and not confirmed within the last 7 days (${count(requests.length, 'request')}):`,
    ...lines,
    ...(more > 0 ? [`  and ${count(more, 'request')} more`] : []),
  ].join('\n');
}
