import { receiptOf } from '../../requests/receipt.ts';
import type { Request } from '../../requests/request.ts';
import { subjectName } from '../receipt/receipt-text.ts';
import { REQUEST, count } from '../words.ts';
import { type Commands, adviceInDoubt, adviceOnEnded } from './advice.ts';
import { runOutcomeOf } from './outcome.ts';

/** How many requests are shown one by one. */
export const SHOWN = 10;

/**
 * What is unsettled although nothing goes on by itself, and what can be done about each; `number`:
 * how many there are, `requests`: the most urgent of them.
 */
export function leftText(requests: readonly Request[], number: number, commands: Commands): string {
  const lines = requests.flatMap((request) => {
    const who = `${request.action} of ${subjectName(request.subject.userId)}`;
    return [
      `  ${request.id}  ${who} (${REQUEST[request.state]})`,
      `    ${advice(request, commands).replace(/\.$/, '')}`,
      `    to settle it by hand: ${commands.of(`close ${request.id} --reason <text>`)}`,
    ];
  });
  const more = number - requests.length;
  return [
    `Nothing goes on by itself, and ${count(number, 'request is', 'requests are')} unsettled:`,
    ...lines,
    ...(more > 0 ? [`  and ${count(more, 'request')} more: ${commands.of('status')}`] : []),
  ].join('\n');
}

function advice(request: Request, commands: Commands): string {
  const bundle = request.outDir === null ? null : `${request.outDir}/${request.id}`;
  const receipt = receiptOf(request, bundle);
  return request.state === 'in_doubt'
    ? adviceInDoubt([receipt], commands.resume)
    : adviceOnEnded(runOutcomeOf([receipt]), commands);
}
