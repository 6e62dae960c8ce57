import type { Provider } from './provider.ts';

export interface Operation {
  name: string;
  provider: Provider;
  method: 'GET' | 'POST' | 'DELETE';
  /** Route pattern; `:name` is one path segment. */
  path: string;
  /** What it starts, if it starts a task. */
  starts?: 'export' | 'deletion' | 'change';
  /** Stream: calls per clock minute. */
  perMinute?: number;
}

/**
 * Every endpoint the sandbox serves, named as in `docs/providers`.
 * Per-minute figures: QueryUsers, ExportUser, Deactivate (stream-chat-net rate_limits.md) and
 * DeleteUsers (getstream-ruby specs) are sourced. [U] for the others: batch exports, restore and
 * reactivate are given the figure of their single twin, the rest the 1,000 of "most single calls"
 * in the feeds table, the feeds queries among them (which lists 300 for batch calls).
 */
export const streamOperations: readonly Operation[] = [
  stream('exportFeedUserData', 'POST', '/api/v2/feeds/users/:user_id/export', 1000, 'export'),
  stream('deleteFeedUserData', 'POST', '/api/v2/feeds/users/:user_id/delete', 1000, 'deletion'),
  stream('getTask', 'GET', '/api/v2/tasks/:task_id', 1000),
  stream('deleteUsers', 'POST', '/api/v2/users/delete', 6, 'deletion'),
  stream('restoreUsers', 'POST', '/api/v2/users/restore', 60),
  stream('exportUsers', 'POST', '/api/v2/export/users', 60, 'export'),
  stream('exportUser', 'GET', '/api/v2/users/:user_id/export', 60),
  stream('queryUsers', 'GET', '/api/v2/users', 1000),
  stream('queryActivities', 'POST', '/api/v2/feeds/activities/query', 1000),
  stream('queryFeeds', 'POST', '/api/v2/feeds/feeds/query', 1000),
  stream('queryComments', 'POST', '/api/v2/feeds/comments/query', 1000),
  stream('queryBookmarks', 'POST', '/api/v2/feeds/bookmarks/query', 1000),
  stream('queryBookmarkFolders', 'POST', '/api/v2/feeds/bookmark_folders/query', 1000),
  stream('queryCollections', 'POST', '/api/v2/feeds/collections/query', 1000),
  stream('deactivateUsers', 'POST', '/api/v2/users/deactivate', 60, 'change'),
  stream('reactivateUsers', 'POST', '/api/v2/users/reactivate', 60, 'change'),
  stream('getRateLimits', 'GET', '/api/v2/rate_limits', 1000),
  stream('getFeedsRateLimits', 'GET', '/api/v2/feeds/feeds/rate_limits', 1000),
];

/** The two register operations share one endpoint; the body's `action` tells them apart. */
export const sendbirdOperations: readonly Operation[] = [
  sendbird('registerGdprAccess', 'POST', '/v3/privacy/gdpr', 'export'),
  sendbird('registerGdprDelete', 'POST', '/v3/privacy/gdpr', 'deletion'),
  sendbird('viewGdprRequest', 'GET', '/v3/privacy/gdpr/:task_id'),
  sendbird('listGdprRequests', 'GET', '/v3/privacy/gdpr'),
  sendbird('cancelGdprRequest', 'DELETE', '/v3/privacy/gdpr/:task_id'),
  sendbird('getUser', 'GET', '/v3/users/:user_id'),
  sendbird('listUsers', 'GET', '/v3/users'),
];

export const operations: readonly Operation[] = [...streamOperations, ...sendbirdOperations];

/** Those that act on the users whom their body names; a query's filter only looks for them. */
export const batchOperations: readonly string[] = [
  'deleteUsers',
  'restoreUsers',
  'exportUsers',
  'deactivateUsers',
  'reactivateUsers',
  'registerGdprAccess',
  'registerGdprDelete',
];

export const DOWNLOAD = 'downloadFile';

function stream(
  name: string,
  method: Operation['method'],
  path: string,
  perMinute: number,
  starts?: Operation['starts'],
): Operation {
  return { name, provider: 'stream', method, path, perMinute, ...(starts ? { starts } : {}) };
}

function sendbird(
  name: string,
  method: Operation['method'],
  path: string,
  starts?: Operation['starts'],
): Operation {
  return { name, provider: 'sendbird', method, path, ...(starts ? { starts } : {}) };
}
