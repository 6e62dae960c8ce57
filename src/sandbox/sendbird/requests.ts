import type { ChannelDeleteOption } from '../population/accounts.ts';
import { token } from '../random.ts';
import { type VendorTask, createTasks, failsForGood } from '../tasks.ts';
import type { ReceivedCall, World } from '../vendor.ts';

const FAULTS = [
  'task-fails',
  'task-unknown-status',
  'task-never-ends',
  'task-forgotten',
  'task-no-url',
  'no-data',
  'link-not-renewed',
  'cancel-shown',
  'cancel-ignored',
];

/** What is registered. */
interface Order {
  action: 'access' | 'delete';
  channels: ChannelDeleteOption | null;
  /** Users whom a deletion leaves as they are, by fault. */
  staying: readonly string[];
}

interface Progress extends Order {
  sequence: number;
  /** How it ended; `canceled` only by fault, others are gone. */
  end: 'done' | 'no_data' | 'canceled' | null;
  /** The state of the accounts that its file shows. */
  version: number;
  /** The one link it ever had, where links are not renewed. */
  frozenLink: { url: string; expires_at: number } | null;
}
export type GdprRequest = VendorTask & Progress;

/** Requests: scheduled → processing → done or no_data. */
export type GdprRequests = ReturnType<typeof createGdprRequests>;

export function createGdprRequests(world: World) {
  const { seed } = world.options;
  const tasks = createTasks<Progress>(world, 'sendbird', FAULTS, (sequence) =>
    token(15, seed, 'request', world.startedAt, sequence),
  );
  return {
    ...tasks,
    /** `finish` takes effect and says how it ended. */
    register(
      call: ReceivedCall,
      userIds: readonly string[],
      order: Order,
      finish: (request: GdprRequest) => 'done' | 'no_data',
    ): GdprRequest {
      const request = tasks.start(
        call,
        userIds,
        (sequence) => ({ ...order, sequence, end: null, version: 0, frozenLink: null }),
        (ended) => {
          // Sendbird documents no "failed": a fault on its side is said to show as no_data.
          ended.end = failsForGood(ended) ? 'no_data' : finish(ended);
        },
      );
      if (order.staying.length > 0) request.faults = [...request.faults, 'user-stays-visible'];
      return request;
    },
    cancel(request: GdprRequest) {
      if (request.faults.includes('cancel-ignored')) return;
      if (request.faults.includes('cancel-shown')) {
        request.end = 'canceled';
        request.settled = true;
      } else tasks.all.delete(request.id);
    },

    /** Newest first, older than `before`. */
    newest: (before: number | null, limit: number): GdprRequest[] =>
      [...tasks.all.values()]
        .filter(({ id, sequence }) => sequence < (before ?? Infinity) && tasks.known(id))
        .toReversed()
        .slice(0, limit),
    status(request: GdprRequest, now: number): string {
      if (!request.settled) return tasks.share(request, now) < 0.5 ? 'scheduled' : 'processing';
      request.looks += 1;
      if (request.faults.includes('task-unknown-status') && request.looks <= 2) return 'archiving';
      return request.end ?? 'done';
    },
  };
}
