import type { Fate, Fated } from '../requests/cancelled.ts';
import type { Request, Step } from '../requests/request.ts';
import { OPERATION, PROVIDER, REQUEST, count, utc } from './words.ts';
import { requestText, whereOfAll } from './where-text.ts';
import { wrap } from './wrap.ts';

/** A request, and what cancelling can do about each of its steps that has not ended. */
export interface Cancelling {
  request: Request;
  fated: readonly Fated[];
}

/** How many requests are shown one by one. */
const SHOWN = 20;

/** What cancelling will do and what it cannot do, before the question; lines of 80 columns. */
export function cancelText(cases: readonly Cancelling[]): string {
  const more = cases.length - SHOWN;
  return [
    ...wrap(`To be cancelled, ${whereOfAll(cases.map(({ request }) => request))}:`),
    ...cases
      .slice(0, SHOWN)
      .flatMap(({ request, fated }) => [
        ...wrap(requestText(request), 2),
        ...(fated.length === 0 ? [`    nothing: it has ended (${REQUEST[request.state]})`] : []),
        ...fated.flatMap(({ step, call, fate }) =>
          wrap(`${stepName(step)}: ${fateWords(fate, step, call?.intendedAt ?? null)}`, 4),
        ),
      ]),
    ...(more > 0 ? [`  and ${count(more, 'request')} more`] : []),
  ].join('\n');
}

export function stepName({ provider, operation }: Step): string {
  return `${PROVIDER[provider]} ${OPERATION[operation]}`;
}

function fateWords(fate: Fate, step: Step, sentAt: number | null): string {
  switch (fate.kind) {
    case 'unsent':
      return 'not sent yet, and will not be';
    case 'left_off':
      return 'may have been sent: it is not sent again, and what it may have started goes on';
    case 'in_doubt':
      return 'may have been sent: it stays in doubt, and is not sent again by itself';
    case 'withdraw': {
      const at = sentAt === null ? '' : ` ${utc(new Date(sentAt).toISOString())}`;
      const others = step.subjects - 1;
      const together = others > 0 ? `, together with ${count(others, 'other')}` : '';
      return `sent${at}${together}: Sendbird is asked to take it back, which it does until it begins`;
    }
    case 'goes_on':
      return `goes on: ${WHY_ON[fate.why]}`;
  }
}

/** Why a step cannot be withdrawn. */
export const WHY_ON: Readonly<Record<Extract<Fate, { kind: 'goes_on' }>['why'], string>> = {
  stream: 'Stream has no way to take a task back',
  adopted:
    "its task was found in Sendbird's list after the answer was lost, and may be somebody else's",
  done: 'its provider has ended it already',
};
