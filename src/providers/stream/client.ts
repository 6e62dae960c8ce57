import { pathSegment } from '../../http/json-answer.ts';
import type { Ids } from '../batch.ts';
import type { Reply, StreamConnection } from './connection.ts';
import type { FeedDeletion, UserDeletion } from './deletion.ts';
import type { FeedQuery } from './feed-queries.ts';

/** What QueryUsers takes in its `payload`; `limit` is always sent, its default is not known. */
interface UserQuery {
  filter_conditions: { id: { $in: readonly string[] } };
  limit: number;
  include_deactivated_users: boolean;
}

/** What the queries of feed data take; `next` is where the page before said to go on. */
export interface FeedFilter {
  filter: Readonly<Record<string, { $in: readonly string[] }>>;
  limit: number;
  next?: string;
  include_private_activities?: boolean;
  include_expired_activities?: boolean;
  include_soft_deleted_activities?: boolean;
}

/** Stream's API in its own words, docs/providers/stream.md 2; no policy. */
export interface StreamClient {
  /** `POST /api/v2/feeds/users/{user_id}/export`. It has no body. */
  exportFeedUserData(userId: string, signal: AbortSignal): Promise<Reply>;
  /** `POST /api/v2/export/users`. */
  exportUsers(userIds: Ids, signal: AbortSignal): Promise<Reply>;
  /** `POST /api/v2/feeds/users/{user_id}/delete`. Cannot be undone, softly or not. */
  deleteFeedUserData(userId: string, options: FeedDeletion, signal: AbortSignal): Promise<Reply>;
  /** `POST /api/v2/users/delete`: at most 100. */
  deleteUsers(userIds: Ids, options: UserDeletion, signal: AbortSignal): Promise<Reply>;
  /** `POST /api/v2/users/restore`: at most 100. Its answer holds no task. */
  restoreUsers(userIds: Ids, signal: AbortSignal): Promise<Reply>;
  /** `GET /api/v2/tasks/{id}`. */
  getTask(id: string, signal: AbortSignal): Promise<Reply>;
  /** `GET /api/v2/users`: a GET whose JSON is in the query. */
  queryUsers(payload: UserQuery, signal: AbortSignal): Promise<Reply>;
  /** `POST /api/v2/feeds/.../query`: a POST that only reads. */
  queryFeedData(query: FeedQuery, filter: FeedFilter, signal: AbortSignal): Promise<Reply>;
  /** `GET /api/v2/rate_limits`, of calls made with a server token. */
  getRateLimits(operations: Ids, signal: AbortSignal): Promise<Reply>;
  /** `GET /api/v2/feeds/feeds/rate_limits`: the same for feeds, twice in the path (OAS). */
  getFeedsRateLimits(operations: Ids, signal: AbortSignal): Promise<Reply>;
}

/** A client that speaks through this connection. */
export function createStreamClient({ call }: StreamConnection): StreamClient {
  return {
    exportFeedUserData: (userId, signal) =>
      call(
        'ExportFeedUserData',
        { method: 'POST', path: `/feeds/users/${pathSegment(userId)}/export` },
        signal,
      ),
    exportUsers: (userIds, signal) =>
      call(
        'ExportUsers',
        { method: 'POST', path: '/export/users', body: { user_ids: userIds } },
        signal,
      ),
    deleteFeedUserData: (userId, body, signal) =>
      call(
        'DeleteFeedUserData',
        { method: 'POST', path: `/feeds/users/${pathSegment(userId)}/delete`, body },
        signal,
      ),
    deleteUsers: (userIds, options, signal) =>
      call(
        'DeleteUsers',
        { method: 'POST', path: '/users/delete', body: { user_ids: userIds, ...options } },
        signal,
      ),
    restoreUsers: (userIds, signal) =>
      call(
        'RestoreUsers',
        { method: 'POST', path: '/users/restore', body: { user_ids: userIds } },
        signal,
      ),
    getTask: (id, signal) =>
      call('GetTask', { method: 'GET', path: `/tasks/${pathSegment(id)}` }, signal),
    queryUsers: (payload, signal) =>
      call(
        'QueryUsers',
        { method: 'GET', path: '/users', query: { payload: JSON.stringify(payload) } },
        signal,
      ),
    queryFeedData: ({ operation, path }, body, signal) =>
      call(operation, { method: 'POST', path, body, reads: true }, signal),
    getRateLimits: (operations, signal) =>
      call(
        'GetRateLimits',
        { method: 'GET', path: '/rate_limits', query: ofServer(operations) },
        signal,
      ),
    getFeedsRateLimits: (operations, signal) =>
      call(
        'GetFeedsRateLimits',
        { method: 'GET', path: '/feeds/feeds/rate_limits', query: ofServer(operations) },
        signal,
      ),
  };
}

/** The limits of calls made with a server token; the other platforms have their own. */
function ofServer(operations: Ids): Record<string, string> {
  return { server_side: 'true', endpoints: operations.join(',') };
}
