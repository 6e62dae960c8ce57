import { lacksConfirmation } from './confirmation.ts';
import {
  type Effect,
  NO_RESTORE,
  restoreEffects,
  sendbirdEffects,
  streamEffects,
} from './effects.ts';
import { CHANNEL_OPTIONS, readStreamOptions } from './erase-options.ts';
import type { Request, Step } from './request.ts';

/** What a request would still do that is not sent and that nobody confirmed lately; `at` in ms. */
export function unsentEffects(
  { steps, confirmedAt }: Pick<Request, 'steps' | 'confirmedAt'>,
  at: number,
): readonly Effect[] {
  const unsent = steps.filter((step) => lacksConfirmation(step, confirmedAt, at));
  const hasFeeds = steps.some(({ operation }) => operation === 'delete_feeds');
  return unsent.flatMap((step) => effectsOf(step, hasFeeds));
}

function effectsOf({ operation, provider, options }: Step, hasFeeds: boolean): readonly Effect[] {
  switch (operation) {
    case 'delete_feeds': {
      const user = options['hard_delete'] === true ? 'hard' : 'soft';
      return streamEffects({ user }, true).filter(isOfFeeds);
    }
    case 'delete_users': {
      const effects = streamEffects(readStreamOptions(options), hasFeeds);
      // Its feed data is told with the step that deletes it.
      return hasFeeds ? effects.filter((effect) => !isOfFeeds(effect)) : effects;
    }
    case 'delete': {
      const told = options['channel_delete_option'];
      return sendbirdEffects(CHANNEL_OPTIONS.find((each) => each === told) ?? 'do_not_delete');
    }
    case 'restore_users':
      return provider === 'stream' ? restoreEffects() : [NO_RESTORE];
    case 'export_feeds':
    case 'export_users':
    case 'access':
      return [];
  }
}

function isOfFeeds({ what }: Effect): boolean {
  return what === 'feed_data' || what === 'follows';
}
