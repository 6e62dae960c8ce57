import { Agent } from 'undici';
import type { Clock } from '../host/host.ts';

const CONNECT = 10_000;

/**
 * An idle connection is given up after this long, ms. Servers and balancers close theirs after 5 s
 * and more; a POST that meets the closing is `lost` and in doubt, so we close first. A batch keeps
 * its connections: its calls follow each other faster.
 */
const IDLE = 1_000;

/**
 * The connections to everywhere. One request at a time on each and no HTTP/2, so that undici has
 * none to send a second time when a connection ends. Its own time limits are off: the clock of
 * `Host` keeps them.
 */
export function createConnections(): Agent {
  return new Agent({
    connect: { timeout: CONNECT },
    allowH2: false,
    pipelining: 1,
    keepAliveTimeout: IDLE,
    keepAliveMaxTimeout: IDLE,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** Ends what takes too long. */
export interface Deadlines {
  /** Calls `late` unless what it answers with is called within the limit. */
  begin(late: () => void): () => void;
  close(): void;
}

/** All have the same limit (ms), so that the first to begin is the first to end: one timer will do. */
export function createDeadlines(clock: Clock, limit: number): Deadlines {
  const running = new Set<{ endsAt: number; late: () => void }>();
  const over = new AbortController();
  let isWatching = false;

  const watch = async (): Promise<void> => {
    isWatching = true;
    // A walk over the set would keep what is gone from it for as long as it sleeps.
    for (let each = first(running); each !== undefined; each = first(running)) {
      const left = each.endsAt - clock.monotonic();
      if (left > 0) await clock.sleep(left, over.signal);
      if (over.signal.aborted) break;
      if (running.delete(each)) each.late();
    }
    isWatching = false;
  };

  return {
    begin(late) {
      const each = { endsAt: clock.monotonic() + limit, late };
      running.add(each);
      if (!isWatching) void watch();
      return () => void running.delete(each);
    },
    close: () => over.abort(),
  };
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  return set.values().next().value;
}
