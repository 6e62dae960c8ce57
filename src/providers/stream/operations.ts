import type { Operation } from '../../requests/request.ts';
import { notOurs } from '../not-ours.ts';

/** Stream's own id of what a step asks for (OAS operationId). */
export type StreamOperation =
  | 'ExportFeedUserData'
  | 'ExportUsers'
  | 'DeleteFeedUserData'
  | 'DeleteUsers'
  | 'RestoreUsers';

/** Stream's name of an operation; one of another provider's is an error of ours. */
export function idOf(operation: Operation): StreamOperation {
  switch (operation) {
    case 'export_feeds':
      return 'ExportFeedUserData';
    case 'export_users':
      return 'ExportUsers';
    case 'delete_feeds':
      return 'DeleteFeedUserData';
    case 'delete_users':
      return 'DeleteUsers';
    case 'restore_users':
      return 'RestoreUsers';
    case 'access':
    case 'delete':
      throw notOurs(`Stream cannot be asked for ${operation}`);
  }
}

/** Whether an operation belongs to the feeds product, whose limits are another call's to tell. */
export function isOfFeeds(operation: Operation): boolean {
  return operation === 'export_feeds' || operation === 'delete_feeds';
}
