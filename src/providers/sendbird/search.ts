import type { FoundTask, Search } from '../../requests/outcome.ts';
import { outcomeOf } from './denial.ts';
import type { SendbirdDeps } from './deps.ts';
import { readPages } from './pages.ts';
import { type Registration, isLike } from './request.ts';
import { RequestPage } from './schemas.ts';

/**
 * Every request of the list that is like this registration and was created at or after `since`
 * (ms), oldest first. The list has no filter, and its order is unconfirmed ([U]),
 * so it is read to its end.
 */
export async function searchRequests(
  wanted: Registration,
  since: number,
  { client, redactor, clock }: SendbirdDeps,
  signal: AbortSignal,
): Promise<Search> {
  const listing = await readPages(
    RequestPage,
    async (token) => outcomeOf(await client.listGdprRequests(token, signal), redactor, clock.now()),
    ({ requests }) =>
      requests
        .filter((request) => request.created_at >= since && isLike(request, wanted))
        .map(({ request_id: taskId, created_at: createdAt, status }): FoundTask => ({
          taskId,
          createdAt,
          status: redactor.clean(status),
        })),
  );
  if (listing.kind !== 'all') return listing;
  const tasks = new Map(listing.items.map((task) => [task.taskId, task]));
  return {
    kind: 'listed',
    tasks: [...tasks.values()].toSorted((a, b) => a.createdAt - b.createdAt),
  };
}
