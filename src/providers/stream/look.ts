import type { Redactor } from '../../http/redaction.ts';
import type { Sighting } from '../../requests/transitions/answers.ts';
import { notOurs } from '../not-ours.ts';
import { visibleIn } from '../presence.ts';
import type { Outgoing } from '../provider.ts';
import type { StreamClient } from './client.ts';
import { feedDeletion } from './deletion.ts';
import { lookForFeeds } from './look-feeds.ts';
import { lookUp } from './lookup.ts';

/**
 * Looks for what a call deletes or brings back. A hard deletion of feed data must leave nothing,
 * and so it looks for what is only hidden as well.
 */
export async function look(
  call: Outgoing,
  deps: { client: StreamClient; redactor: Redactor; clock: { now(): number } },
  signal: AbortSignal,
): Promise<Sighting> {
  const { client, redactor, clock } = deps;
  switch (call.operation) {
    case 'delete_feeds':
      return lookForFeeds(call.subjectIds, feedDeletion(call).hard_delete, deps, signal);
    case 'delete_users':
    case 'restore_users': {
      const found = await lookUp(call.subjectIds, client, redactor, clock, signal);
      return found.kind === 'found'
        ? { kind: 'looked', visible: visibleIn(found.presence) }
        : found;
    }
    case 'export_feeds':
    case 'export_users':
    case 'access':
    case 'delete':
      throw notOurs(`Stream cannot be looked at for ${call.operation}`);
  }
}
