/** The vendors that the sandbox stands for. */
export type VendorName = 'stream' | 'sendbird';

/** What a call starts, if it starts a task. */
type Starts = 'export' | 'deletion' | 'change' | null;

export interface Endpoint {
  name: string;
  provider: VendorName;
  method: 'GET' | 'POST' | 'DELETE';
  /** Route pattern; `:name` is one path segment. */
  path: string;
  starts: Starts;
  /** Calls per clock minute; null at Sendbird, whose limits are counted by the second. */
  perMinute: number | null;
}

/**
 * Every endpoint the sandbox serves, named as in `docs/providers`.
 * Per-minute figures: QueryUsers, ExportUser, Deactivate (stream-chat-net rate_limits.md) and
 * DeleteUsers (getstream-ruby specs) are sourced. [U] for the others: batch exports, restore and
 * reactivate are given the figure of their single twin, the rest the 1,000 of "most single calls"
 * in the feeds table, the feeds queries among them (which lists 300 for batch calls).
 * Sendbird's two register operations share one endpoint; the body's `action` tells them apart.
 */
export const endpoints: readonly Endpoint[] = [
  stream('exportFeedUserData', 'POST', '/feeds/users/:user_id/export', 1000, 'export'),
  stream('deleteFeedUserData', 'POST', '/feeds/users/:user_id/delete', 1000, 'deletion'),
  stream('getTask', 'GET', '/tasks/:task_id', 1000),
  stream('deleteUsers', 'POST', '/users/delete', 6, 'deletion'),
  stream('restoreUsers', 'POST', '/users/restore', 60),
  stream('exportUsers', 'POST', '/export/users', 60, 'export'),
  stream('exportUser', 'GET', '/users/:user_id/export', 60),
  stream('queryUsers', 'GET', '/users', 1000),
  stream('queryActivities', 'POST', '/feeds/activities/query', 1000),
  stream('queryFeeds', 'POST', '/feeds/feeds/query', 1000),
  stream('queryComments', 'POST', '/feeds/comments/query', 1000),
  stream('queryBookmarks', 'POST', '/feeds/bookmarks/query', 1000),
  stream('queryBookmarkFolders', 'POST', '/feeds/bookmark_folders/query', 1000),
  stream('queryCollections', 'POST', '/feeds/collections/query', 1000),
  stream('deactivateUsers', 'POST', '/users/deactivate', 60, 'change'),
  stream('reactivateUsers', 'POST', '/users/reactivate', 60, 'change'),
  stream('getRateLimits', 'GET', '/rate_limits', 1000),
  stream('getFeedsRateLimits', 'GET', '/feeds/feeds/rate_limits', 1000),
  sendbird('registerGdprAccess', 'POST', '/privacy/gdpr', 'export'),
  sendbird('registerGdprDelete', 'POST', '/privacy/gdpr', 'deletion'),
  sendbird('viewGdprRequest', 'GET', '/privacy/gdpr/:task_id'),
  sendbird('listGdprRequests', 'GET', '/privacy/gdpr'),
  sendbird('cancelGdprRequest', 'DELETE', '/privacy/gdpr/:task_id'),
  sendbird('getUser', 'GET', '/users/:user_id'),
  sendbird('listUsers', 'GET', '/users'),
];

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
  method: Endpoint['method'],
  path: string,
  perMinute: number,
  starts: Starts = null,
): Endpoint {
  return { name, provider: 'stream', method, path: `/api/v2${path}`, perMinute, starts };
}

function sendbird(
  name: string,
  method: Endpoint['method'],
  path: string,
  starts: Starts = null,
): Endpoint {
  return { name, provider: 'sendbird', method, path: `/v3${path}`, perMinute: null, starts };
}
