import { OPERATIONS, isExport } from './operations.ts';
import type { Finding, Request, Sight, Step } from './request.ts';
import { type Leftover, STREAM_PARTS, leftBy, partMode, removes } from './stream-options.ts';

/** What was looked at for one step, before the question and after the provider said done. */
export interface Verification {
  provider: Step['provider'];
  check: 'user_lookup' | 'feed_data';
  before: Sight | null;
  /** null: not looked at again, or not yet. */
  result: Finding | null;
  /** One sentence: what the check can show, and what it cannot. */
  shows: string;
  /** ms; null as long as `result` is. */
  checkedAt: number | null;
}

/** The checks of a request: one for each deletion or restore that its provider offers. */
export function verificationsOf({ steps }: Pick<Request, 'steps'>): readonly Verification[] {
  return steps
    .filter(({ operation }) => !isExport(operation))
    .filter(({ state }) => state !== 'unsupported' && state !== 'already_active')
    .map((step) => {
      const result = step.finishedAt === null ? null : step.after;
      return {
        provider: step.provider,
        check: OPERATIONS[step.operation].check,
        before: step.before,
        result,
        shows: result === null ? unseen(step) : shows(step, result),
        checkedAt: result === null ? null : step.lookedAt,
      };
    });
}

function unseen({ state, finishedAt }: Step): string {
  if (state === 'not_found') return 'not looked at again: the provider says that there is nothing';
  if (state === 'succeeded') return "not looked at again: the provider's word alone";
  return finishedAt === null ? 'not looked at again yet' : 'not looked at again: it was not done';
}

/** Source: docs/providers/stream.md 2.2, 2.5 and 2.7, docs/providers/sendbird.md 3 and 4. */
function shows(step: Step, result: Finding): string {
  const { does, check, provider } = OPERATIONS[step.operation];
  if (does === 'restore') return ofRestore(result);
  if (check === 'feed_data') return ofFeeds(step, result);
  return provider === 'sendbird' ? ofSendbird(step, result) : ofStream(step, result);
}

const UNLISTED = 'reactions and follows, which no query lists by user, it cannot show';

function ofFeeds(step: Step, result: Finding): string {
  const kinds = 'feeds, activities, comments, bookmarks, bookmark folders and collections';
  if (result === 'not_checkable') {
    return "the feeds queries cannot be asked here: only Stream's word says that it is done";
  }
  if (result !== 'not_visible') {
    return `the feeds queries (${kinds}) still return data of this user`;
  }
  if (step.before === 'not_visible') {
    return `of ${kinds} the queries returned none before either: this shows no change, only Stream's word does; ${UNLISTED}`;
  }
  return removes(step.operation, step.options)
    ? `of ${kinds} the queries return none of this user, hidden activities included; ${UNLISTED}`
    : `of ${kinds} the queries return none of this user any more: hidden, not removed; ${UNLISTED}`;
}

function ofStream(step: Step, result: Finding): string {
  if (result === 'not_checkable') {
    return "QueryUsers cannot be asked here: only Stream's word says that it is done";
  }
  if (result !== 'not_visible') return 'account still returned by QueryUsers';
  if (step.before === 'not_visible') {
    return "account not returned by QueryUsers before either: this shows no change, only Stream's word does";
  }
  const gone = 'account no longer returned by QueryUsers';
  if (removes(step.operation, step.options)) {
    return `${gone}, which never shows a deleted user: that the data is removed is Stream's word`;
  }
  return partMode(STREAM_PARTS.account, step.options) === 'pruning'
    ? `${gone}: hidden, not removed; that its contents are cleared is Stream's word`
    : `${gone}: hidden, and its data is still there`;
}

function ofSendbird(step: Step, result: Finding): string {
  if (result === 'not_checkable') {
    return "the user API cannot be asked here: only Sendbird's word says that it is done";
  }
  if (result !== 'not_visible') return 'account still returned by the user API';
  const messages = 'messages cannot be looked up by user';
  return step.before === 'not_visible'
    ? `account not returned by the user API before either: this shows no change, only Sendbird's word does; ${messages}`
    : `account no longer returned by the user API; ${messages}`;
}

function ofRestore(result: Finding): string {
  if (result === 'visible') {
    return 'account returned by QueryUsers again; it does not show what else came back';
  }
  return result === 'not_checkable'
    ? "QueryUsers cannot be asked here: only Stream's word says that it is back"
    : 'account not returned by QueryUsers: it is not back';
}

/**
 * What is left at Stream of somebody whose erase succeeded there: hidden, or never asked for. Who
 * was not visible before, and had been erased harder, is as gone as that erase has made him.
 */
export function notErased({ action, steps }: Pick<Request, 'action' | 'steps'>): Leftover[] {
  if (action !== 'erase') return [];
  return steps.flatMap((step) => (step.state === 'succeeded' ? leftOf(step) : []));
}

function leftOf({ operation, options, before, earlierOptions }: Step): readonly Leftover[] {
  const left = leftBy(operation, options);
  if (before === 'visible' || earlierOptions === undefined) return left;
  const leftBefore = leftBy(operation, earlierOptions);
  return left.filter((what) => leftBefore.includes(what));
}
