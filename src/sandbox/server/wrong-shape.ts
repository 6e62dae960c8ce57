const MISSING = Symbol('missing');

/** Which field of which answer is spoilt, and how. */
const SPOILT: Record<string, readonly [string, unknown]> = {
  getTask: ['status', 7],
  restoreUsers: ['duration', MISSING],
  exportUser: ['messages', {}],
  queryUsers: ['users', null],
  queryActivities: ['activities', MISSING],
  queryFeeds: ['feeds', MISSING],
  queryComments: ['comments', null],
  queryBookmarks: ['bookmarks', {}],
  queryBookmarkFolders: ['bookmark_folders', MISSING],
  queryCollections: ['collections', 'none'],
  getRateLimits: ['server_side', []],
  getFeedsRateLimits: ['server_side', []],
  registerGdprAccess: ['request_id', MISSING],
  registerGdprDelete: ['request_id', MISSING],
  viewGdprRequest: ['status', MISSING],
  listGdprRequests: ['requests', {}],
  getUser: ['user_id', MISSING],
  listUsers: ['users', MISSING],
};

/** An answer with a required field missing or of the wrong type; tasks lose their `task_id`. */
export function spoil(operation: string, body: Record<string, unknown>): Record<string, unknown> {
  const [field, value] = SPOILT[operation] ?? ['task_id', MISSING];
  const { [field]: _taken, ...rest } = body;
  return value === MISSING ? rest : { ...rest, [field]: value };
}
