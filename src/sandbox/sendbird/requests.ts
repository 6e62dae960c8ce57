import type { ChannelDeleteOption } from '../population/accounts.ts';
import { token } from '../random.ts';
import type { TaskSummary, World } from '../vendor.ts';

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
] as const;

export interface GdprRequest extends TaskSummary {
  action: 'access' | 'delete';
  channels: ChannelDeleteOption | null;
  /** Users whom a deletion leaves as they are, by fault. */
  staying: readonly string[];
  sequence: number;
  /** How it ended; `canceled` only by fault, others are gone. */
  end: 'done' | 'no_data' | 'canceled' | null;
  looks: number;
  /** The state of the accounts that its file shows. */
  version: number;
  /** The one link it ever had, where links are not renewed. */
  frozenLink: { url: string; expires_at: number } | null;
}

interface Registered extends Pick<GdprRequest, 'action' | 'userIds' | 'channels' | 'staying'> {
  now: number;
}

/** Requests: scheduled → processing → done or no_data, by the clock and nothing else. */
export type GdprRequests = ReturnType<typeof createGdprRequests>;

export function createGdprRequests({ options, faults, startedAt }: World) {
  const requests = new Map<string, GdprRequest>();
  const order: GdprRequest[] = [];
  const running: GdprRequest[] = [];

  const get = (id: string) => {
    const request = requests.get(id);
    return request?.faults.includes('task-forgotten') ? undefined : request;
  };

  return {
    register({ now, ...job }: Registered): GdprRequest {
      const operation = job.action === 'access' ? 'registerGdprAccess' : 'registerGdprDelete';
      const subject = { labels: [operation, 'sendbird'], ids: job.userIds };
      const drawn = FAULTS.filter((name) => faults.hits(name, subject));
      const hit = [...drawn, ...(job.staying.length > 0 ? ['user-stays-visible'] : [])];
      const request: GdprRequest = {
        provider: 'sendbird',
        id: token(15, options.seed, 'request', startedAt, order.length),
        operation,
        ...job,
        createdAt: now,
        endsAt: hit.includes('task-never-ends') ? null : now + options.taskTime,
        settled: false,
        faults: hit,
        sequence: order.length,
        end: null,
        looks: 0,
        version: 0,
        frozenLink: null,
      };
      requests.set(request.id, request);
      order.push(request);
      if (request.endsAt !== null) running.push(request);
      return request;
    },

    /** Ends what is due; `finish` takes effect and says how it ended. */
    settle(now: number, finish: (request: GdprRequest) => 'done' | 'no_data') {
      for (let next = running[0]; next && (next.endsAt ?? 0) <= now; next = running[0]) {
        running.shift();
        if (!requests.has(next.id) || next.settled) continue;
        // Sendbird documents no "failed": a fault on its side is said to show as no_data.
        const fails = next.faults.includes('task-fails') || next.faults.includes('no-data');
        next.end = fails ? 'no_data' : finish(next);
        next.settled = true;
      }
    },
    get,
    cancel(request: GdprRequest) {
      if (request.faults.includes('cancel-ignored')) return;
      if (!request.faults.includes('cancel-shown')) {
        requests.delete(request.id);
        return;
      }
      request.end = 'canceled';
      request.settled = true;
    },

    /** Newest first, older than `before`. */
    newest(before: number | null, limit: number): GdprRequest[] {
      const page: GdprRequest[] = [];
      for (let at = (before ?? order.length) - 1; at >= 0 && page.length < limit; at -= 1) {
        const request = get(order[at]?.id ?? '');
        if (request) page.push(request);
      }
      return page;
    },
    all: () => order.filter((request) => requests.has(request.id)),
    status(request: GdprRequest, now: number): string {
      if (!request.settled) {
        const share = options.taskTime === 0 ? 1 : (now - request.createdAt) / options.taskTime;
        return share < 0.5 ? 'scheduled' : 'processing';
      }
      request.looks += 1;
      if (request.faults.includes('task-unknown-status') && request.looks <= 2) return 'archiving';
      return request.end ?? 'done';
    },
  };
}
