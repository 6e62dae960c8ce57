import { callCount } from '../requests/calls.ts';
import type { Effect } from '../requests/effects.ts';
import { warningsOf } from '../requests/plan.ts';
import type { Proposal } from '../requests/proposal.ts';
import { effectLines } from './erase-effects.ts';
import { type Calendar, foundLines } from './found-text.ts';
import { subjectName } from './receipt-text.ts';
import { count, duration } from './words.ts';
import { wrap } from './wrap.ts';

/** Below this a person waits without looking up, ms. */
const A_FEW_SECONDS = 10_000;

const A_HANDFUL = 4;

/**
 * A plan that somebody is to agree to, for people: whom it is about, what goes, what stays, what
 * can be undone and by what, and what it takes. Lines of 80 columns, without a final line break.
 */
export function proposalText(proposal: Proposal, calendar: Calendar): string {
  const who = whoOf(proposal);
  return [
    ...foundLines(proposal, calendar),
    ...wrap(`${headline(proposal, who)}:`),
    '',
    ...effectLines(proposal.effects),
    '',
    ...afterwards(proposal).flatMap((text) => wrap(text)),
  ].join('\n');
}

function whoOf({ requests }: Proposal): string {
  const [only, ...others] = requests;
  return only !== undefined && others.length === 0
    ? subjectName(only.subject.userId)
    : count(requests.length, 'person', 'people');
}

function headline({ action, effects, needs }: Proposal, who: string): string {
  if (action === 'restore') {
    if (needs === 'nothing_to_send') return `There is nothing to restore of ${who}`;
    return `This will bring back ${who} at Stream`;
  }
  const how = effects.find(isStreamAccount)?.how;
  const isAtSendbird = effects.some(({ provider }) => provider === 'sendbird');
  if (how === undefined || how === 'removed') return `This will erase ${who} for good`;
  const hide =
    how === 'emptied' ? `hide ${who} at Stream, with the profile emptied` : `hide ${who} at Stream`;
  return isAtSendbird ? `This will ${hide}, and erase at Sendbird for good` : `This will ${hide}`;
}

function isStreamAccount({ provider, what }: Effect): boolean {
  return provider === 'stream' && what === 'account';
}

function afterwards(proposal: Proposal): string[] {
  const { action, effects, requests, refusals, looked } = proposal;
  const how = effects.find(isStreamAccount)?.how;
  const isHidden = action === 'erase' && (how === 'hidden' || how === 'emptied');
  const warnings = requests.flatMap(warningsOf);
  return [
    ...exportLine(proposal),
    ...(isHidden ? ['Hidden is not erased: only gdpr erase --hard meets Art. 17.'] : []),
    ...warnings.slice(0, SHOWN).map((warning) => `Note: ${warning}`),
    ...(warnings.length > SHOWN ? [`Note: and ${warnings.length - SHOWN} more such ids`] : []),
    ...refusals.map(
      ({ message, next }) =>
        `Would be refused: ${message.replace(/^Refused: /, '')} ${next.replace(/^Nothing was sent\. /, '')}`,
    ),
    `${costOf(proposal)}${looked ? '' : ' Nobody was called and nothing was recorded.'}`,
  ];
}

const SHOWN = 20;

function exportLine({ exportsTo, acceptPartial }: Proposal): string[] {
  if (exportsTo === null) return [];
  const what = `First everything is exported to ${exportsTo}, downloaded and checked`;
  return [
    acceptPartial
      ? `${what}; the deletion goes on even if an export is cut.`
      : `${what}; if it is not whole, nothing is deleted.`,
  ];
}

function costOf({ cost, action }: Proposal): string {
  const calls = callCount(cost.calls);
  if (calls === 0) return 'Nothing is sent.';
  const rest = action === 'erase' ? ' Nothing else is touched.' : '';
  return `${count(calls, 'call')}, ${timeOf(cost.time, calls)}.${rest}`;
}

function timeOf(time: number | null, calls: number): string {
  // Where no limit is known, a handful of calls meets none that was ever published.
  const isShort = time === null ? calls <= A_HANDFUL : time < A_FEW_SECONDS;
  if (isShort) return 'a few seconds';
  if (time === null) return "and the providers' limits are not known, so neither is the time";
  return `at least ${duration(time)} at the limits in force`;
}
