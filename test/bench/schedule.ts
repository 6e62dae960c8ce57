/*
 * The least time in which a batch can be done: what the providers' limits, the length of their
 * tasks and one check interval leave nobody who makes only the calls that are needed. It knows
 * nothing of our program: neither its start, nor what it writes to disk, nor how it plans.
 *
 * - A limit counts calls in clock seconds and clock minutes, for each operation by itself. A call
 *   takes the first place that is free at or after the instant at which it could be made; the
 *   first window may be half over, and has all of its places all the same.
 * - A task that was accepted at t is seen to be done by one check, at t + max(task time, check
 *   interval) or as soon after as the limit of the checks allows. Nobody knows earlier without
 *   checking more often than the interval.
 * - Whatever does not wait for each other happens at the same time. Downloads have no limit.
 */

/** Calls that can share one exchange: users of a look-up or deletion, requests of a list. */
const TOGETHER = 100;

/** What a batch runs under. Times in ms; `at` is when it begins (epoch), `rate` calls a second. */
export interface Terms {
  at: number;
  rate: number;
  taskTime: number;
  interval: number;
  /** Of each answer. */
  latency: number;
}

/** The limit of one operation: what its calls have taken of each window so far. */
export interface Lane {
  /** When calls that could leave at these instants are answered, in the order of the answers. */
  pass(ready: readonly number[]): number[];
}

export function createLane({ rate, latency }: Pick<Terms, 'rate' | 'latency'>): Lane {
  const perSecond = Math.max(1, Math.floor(rate));
  const perMinute = Math.max(1, Math.floor(rate * 60));
  const seconds = new Map<number, number>();
  const minutes = new Map<number, number>();
  const placeAt = (from: number): number => {
    let at = from;
    for (;;) {
      const second = Math.floor(at / 1_000);
      const minute = Math.floor(at / 60_000);
      const inSecond = seconds.get(second) ?? 0;
      const inMinute = minutes.get(minute) ?? 0;
      if (inMinute >= perMinute) at = (minute + 1) * 60_000;
      else if (inSecond >= perSecond) at = (second + 1) * 1_000;
      else {
        seconds.set(second, inSecond + 1);
        minutes.set(minute, inMinute + 1);
        return at;
      }
    }
  };
  return {
    // A call is counted where it arrives, and answered there.
    pass: (ready) =>
      ready
        .toSorted((a, b) => a - b)
        .map((at) => placeAt(at + latency))
        .toSorted((a, b) => a - b),
  };
}

/** ms from the start to the last file of the exports of so many people, at both providers. */
export function leastExport(people: number, terms: Terms): number {
  const { at, latency } = terms;
  const feeds = seenAfter(createLane(terms).pass(repeated(at, people)), terms);
  const users = seenAfter(createLane(terms).pass(repeated(at, people)), terms);
  const access = seenAfter(createLane(terms).pass(repeated(at, people)), terms);
  // One check of a task that is done gives the link of its file.
  const checked = createLane(terms).pass([...feeds, ...users]);
  const listed = paged(last(access), people, terms);
  return Math.max(last(checked), listed) + latency - at;
}

/**
 * ms from the start to the last look after the hard erasure of so many people, at both providers:
 * looked up, feed data deleted, then the accounts of each hundred whose feed data is gone.
 */
export function leastErase(people: number, terms: Terms): number {
  const { at } = terms;
  const calls = Math.ceil(people / TOGETHER);
  const users = createLane(terms);
  const list = createLane(terms);
  const found = Math.max(
    last(users.pass(repeated(at, calls))),
    last(list.pass(repeated(at, calls))),
  );

  const checks = createLane(terms);
  const cleared = checks.pass(seenAfter(createLane(terms).pass(repeated(found, people)), terms));
  const full = Array.from({ length: calls }, (_, call) => nth(cleared, (call + 1) * TOGETHER));
  const deleted = checks.pass(seenAfter(createLane(terms).pass(full), terms));
  const looked = last(users.pass(deleted));

  const registered = seenAfter(createLane(terms).pass(repeated(found, calls)), terms);
  const listed = paged(last(registered), calls, terms);
  const lookedThere = last(list.pass(repeated(listed, calls)));
  return Math.max(looked, lookedThere) - at;
}

/** When tasks that were accepted at these instants can be checked for the one time that it takes. */
function seenAfter(accepted: readonly number[], { taskTime, interval }: Terms): number[] {
  return accepted.map((at) => at + Math.max(taskTime, interval));
}

/** When a list of so many has been read to its end; each page names the next. */
function paged(from: number, entries: number, terms: Terms): number {
  const lane = createLane(terms);
  let at = from;
  for (let page = 0; page < Math.ceil(entries / TOGETHER); page += 1) at = last(lane.pass([at]));
  return at;
}

function repeated(at: number, times: number): number[] {
  return Array.from({ length: times }, () => at);
}

/** The nth of them, or the last where there are fewer. */
function nth(instants: readonly number[], place: number): number {
  return instants[Math.min(place, instants.length) - 1] ?? Number.NaN;
}

function last(instants: readonly number[]): number {
  return nth(instants, instants.length);
}
