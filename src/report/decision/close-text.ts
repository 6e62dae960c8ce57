import { OPERATIONS } from '../../requests/operations.ts';
import type { Request, Step } from '../../requests/request.ts';
import { subjectName } from '../receipt/receipt-text.ts';
import { wrap } from '../text.ts';
import { eachOnce, whereText } from '../where-text.ts';
import { PROVIDER } from '../words.ts';

/** What closing leaves behind, before the question; `going` are the steps that go on, or may. */
export function closeText(
  { id, action, subject, profile, steps }: Request,
  going: readonly Step[],
): string {
  const where = whereText({ profile, accounts: eachOnce(steps) }, subject);
  const unsent = steps.filter((step) => step.finishedAt === null && !going.includes(step));
  return [
    ...wrap(`This closes ${id}, ${action} of ${subjectName(subject.userId)}, by hand, ${where}.`),
    ...going.flatMap((step) => line(step, GOING[step.state] ?? 'goes on')),
    ...unsent.flatMap((step) => line(step, 'was not sent, and will not be')),
    ...wrap('No gdpr follows it any more; what is in its bundle stays.'),
  ].join('\n');
}

const GOING: Readonly<Partial<Record<Step['state'], string>>> = {
  intended: 'may have been sent, and takes its course then',
  planned: 'may have been sent, and takes its course then',
  in_doubt: 'may have been sent, and takes its course then',
  accepted: 'runs there, and is carried out all the same',
  reported: 'is done there; what is left is not fetched or looked at',
  no_data: 'has ended there; nobody looks why',
};

function line({ provider, operation, taskId }: Step, what: string): string[] {
  const task = taskId === null ? '' : ` (task ${taskId})`;
  return wrap(`${PROVIDER[provider]} ${OPERATIONS[operation].label} ${what}${task}.`, 2);
}
