import { callCount } from '../../requests/plan/calls.ts';
import type { Effect } from '../../requests/plan/effects.ts';
import { createFindings } from '../../requests/plan/findings.ts';
import type { FoundSubject, Preview } from '../../requests/plan/preview.ts';
import type { Request } from '../../requests/request.ts';
import { SHOWN } from '../../requests/sample.ts';
import { type Leftover, STREAM_PARTS, streamPartsOf } from '../../requests/stream-options.ts';
import { subjectName } from '../receipt/receipt-text.ts';
import { wrap } from '../text.ts';
import { requestText, thereLines, whereOfAll, whereText } from '../where-text.ts';
import { andMore, capital, count, duration, list } from '../words.ts';
import { effectLines } from './effects.ts';
import { type Calendar, foundLines } from './found-text.ts';
import { refusalLines, warningLines } from './plan-text.ts';

/** Below this a person waits without looking up, ms. */
const A_FEW_SECONDS = 10_000;

const A_HANDFUL = 4;

/**
 * A plan that somebody is to agree to, for people: whom it is about, what goes, what stays, what
 * can be undone and by what, and what it takes; `isDry`: nobody is called for it. Lines of 80
 * columns, without a final line break.
 */
export function previewText(preview: Preview, calendar: Calendar, isDry = false): string {
  const { effects, only, accounts, elsewhere } = preview;
  const what = `${headline(preview, whoOf(preview))}, ${whereText(preview, only)}`;
  return [
    ...foundLines(preview, calendar),
    ...(only === null ? thereLines(elsewhere, accounts) : []),
    ...wrap(`${what}${effects.length === 0 ? '.' : ':'}`),
    '',
    ...(effects.length === 0 ? [] : [...effectLines(effects), '']),
    ...afterwards(preview).flatMap((text) => wrap(text)),
    ...(isDry ? wrap('Nobody was called and nothing was recorded.') : []),
  ].join('\n');
}

function whoOf({ only, subjects }: Preview): string {
  return only === null ? count(subjects, 'person', 'people') : subjectName(only.userId);
}

function headline(preview: Preview, who: string): string {
  const { action, effects } = preview;
  if (action === 'restore') return restoreHeadline(preview, who);
  const how = accountAtStream(effects);
  if (how === 'removed' && leftAtStream(effects).length > 0) {
    return `This will erase ${who}, but at Stream not all of what is theirs`;
  }
  const isAtSendbird = effects.some(({ provider }) => provider === 'sendbird');
  if (how === undefined || how === 'removed') return `This will erase ${who} for good`;
  const hide =
    how === 'emptied' ? `hide ${who} at Stream, with the profile emptied` : `hide ${who} at Stream`;
  return isAtSendbird ? `This will ${hide}, and erase at Sendbird for good` : `This will ${hide}`;
}

function restoreHeadline({ needs, hasActive }: Preview, who: string): string {
  if (needs !== 'nothing_to_send') return `This will bring back ${who} at Stream`;
  return `There is nothing to restore of ${who}${hasActive ? ', visible at Stream already' : ''}`;
}

/** What a hard erase should remove at Stream, and this one hides or leaves alone. */
function leftAtStream(effects: readonly Effect[]): readonly Leftover[] {
  const how = new Map(
    effects.filter(({ provider }) => provider === 'stream').map((each) => [each.what, each.how]),
  );
  return streamPartsOf('delete_users')
    .map(({ what }) => what)
    .filter((what) => what !== 'account' && how.has(what) && how.get(what) !== 'removed');
}

/** What becomes of the account there; undefined: Stream is not asked. */
function accountAtStream(effects: readonly Effect[]): Effect['how'] | undefined {
  return effects.find(({ provider, what }) => provider === 'stream' && what === 'account')?.how;
}

function afterwards(preview: Preview): string[] {
  const { action, effects, warnings, refusals } = preview;
  const how = accountAtStream(effects);
  const isHidden = action === 'erase' && (how === 'hidden' || how === 'emptied');
  return [
    ...exportLine(preview),
    ...(isHidden ? ['Hidden is not erased: only gdpr erase --hard meets Art. 17.'] : []),
    ...(action === 'erase' && how === 'removed' ? leftLine(effects) : []),
    ...warningLines(warnings),
    ...refusalLines(refusals),
    costOf(preview),
  ];
}

function leftLine(effects: readonly Effect[]): string[] {
  const left = leftAtStream(effects);
  if (left.length === 0) return [];
  const flags = left.flatMap((what) => STREAM_PARTS[what].harder);
  return [
    `Not erased at Stream: ${list(left.map((what) => STREAM_PARTS[what].label))}. Art. 17 is not met by that; with ${flags.join(' ')} it would be.`,
  ];
}

function exportLine({ exportsTo, acceptPartial }: Preview): string[] {
  if (exportsTo === null) return [];
  const what = `First everything is exported to ${exportsTo}, downloaded and checked`;
  return [
    acceptPartial
      ? `${what}; the deletion goes on even if an export is cut.`
      : `${what}; if it is not whole, nothing is deleted.`,
  ];
}

function costOf({ calls, time, action, findings, subjects }: Preview): string {
  const number = callCount(calls);
  if (number === 0) return 'Nothing is sent.';
  const rest = action === 'erase' ? ' Nothing else is touched.' : '';
  // A call for several is split where its provider does not know one of them.
  const maySplit = subjects > 1 && findings.unseen > 0;
  const words = `${maySplit ? 'at least ' : ''}${count(number, 'call')}`;
  return `${capital(words)}, ${timeOf(time, number)}.${rest}`;
}

function timeOf(time: number | null, calls: number): string {
  // Where no limit is known, a handful of calls meets none that was ever published.
  const isShort = time === null ? calls <= A_HANDFUL : time < A_FEW_SECONDS;
  if (isShort) return 'a few seconds';
  if (time === null) return "and the providers' limits are not known, so neither is the time";
  return `at least ${duration(time)} at the limits in force`;
}

/** What was confirmed too long ago and is not sent, and what a look-up has shown of whom it is about. */
export interface Unsent {
  requests: readonly { request: Request; effects: readonly Effect[] }[];
  /** By request, in the same order; empty where nobody was looked up. */
  found: readonly (readonly FoundSubject[])[];
  /** Why nobody was looked up; null: they were. */
  unseen: string | null;
}

/** What is not sent, before it is asked for anew: whom it is about, and what it does. */
export function unsentText({ requests, found, unseen }: Unsent, calendar: Calendar): string {
  const groups = Map.groupBy(requests, ({ request, effects }) =>
    JSON.stringify([request.action, effects]),
  );
  const fold = createFindings();
  for (const each of found) fold.add(each);
  const looked = {
    looked: unseen === null,
    findings: fold.findings(),
    owners: new Map(),
    subjects: requests.length,
  };
  const where = whereOfAll(requests.map(({ request }) => request));
  return [
    ...wrap(
      `Not sent yet, and not confirmed within the last 7 days (${count(requests.length, 'request')}), ${where}:`,
    ),
    ...foundLines(looked, calendar),
    ...(unseen === null ? [] : wrap(unseen, 10)),
    ...[...groups.values()].flatMap((group) => [
      '',
      ...named(group.map(({ request }) => request)),
      ...effectLines(group[0]?.effects ?? []),
    ]),
    '',
  ].join('\n');
}

function named(requests: readonly Request[]): string[] {
  const lines = requests.slice(0, SHOWN).map((request) => wrap(requestText(request), 2).join('\n'));
  return andMore(lines, requests.length, (more) => `  and ${count(more, 'request')} more`);
}
