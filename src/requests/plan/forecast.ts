import type { Operation, StepState } from '../request.ts';
import { type Limit, callsFor, leastTime } from './calls.ts';

/** What a batch has before it when it starts. */
export interface Backlog {
  /** People whose requests it works on. */
  people: number;
  /** Steps that are not sent yet, by operation. */
  unsent: ReadonlyMap<Operation, number>;
  /** The limit in force; null: none is known yet. */
  limitOf: (operation: Operation) => Limit | null;
  /** How much of it is used, 0 to 1. */
  share: number;
}

/** How fast a batch goes, in people a second, and how long the rest takes, ms; null: not known. */
export interface Outlook {
  rate: number | null;
  eta: number | null;
}

/**
 * The rate is that of the last minute: providers count by the minute, so a shorter look back would see
 * a burst, then nothing.
 */
const WINDOW = 60;
const SECOND = 1_000;

/**
 * Foresees the end of a batch from how it goes. Nothing is done yet, at the instant `startedAt` (ms of that clock). What is left takes as long as it
 * did lately, and no less than the calls that are not sent take at the limits in force.
 */
export function createForecast({ people, unsent, limitOf, share }: Backlog, startedAt: number) {
  const left = new Map(unsent);
  const buckets = Array.from({ length: WINDOW }, () => ({ second: -1, people: 0 }));
  let remaining = people;

  const rateAt = (at: number): number | null => {
    const second = Math.floor(at / SECOND);
    let number = 0;
    for (const bucket of buckets) if (bucket.second > second - WINDOW) number += bucket.people;
    const span = Math.min(WINDOW * SECOND, Math.max(SECOND, at - startedAt));
    return number === 0 ? null : (number * SECOND) / span;
  };
  const leastAt = (now: number): number => {
    const calls = new Map<Operation, number>();
    const limits = new Map<Operation, Limit>();
    for (const [operation, steps] of left) {
      // Of who is finished nothing is sent any more, whatever became of the steps.
      const number = callsFor(operation, Math.min(Math.max(0, steps), remaining));
      const limit = number === 0 ? null : limitOf(operation);
      if (limit === null) continue;
      calls.set(operation, number);
      limits.set(operation, limit);
    }
    return leastTime(calls, limits, share, now) ?? 0;
  };

  return {
    /** A step is in this state by now. */
    step(operation: Operation, state: StepState): void {
      const change = CHANGE[state];
      if (change !== undefined) left.set(operation, (left.get(operation) ?? 0) + change);
    },
    /** So many people more are finished; `at` in ms of a clock that is never set back. */
    ended(number: number, at: number): void {
      remaining = Math.max(0, remaining - number);
      const second = Math.floor(at / SECOND);
      const bucket = buckets[second % WINDOW];
      if (bucket === undefined) return;
      if (bucket.second !== second) Object.assign(bucket, { second, people: 0 });
      bucket.people += number;
    },
    /** `at` as above; `now` in ms since the epoch, for the limits. */
    outlook(at: number, now: number): Outlook {
      const rate = rateAt(at);
      if (rate === null || remaining === 0) return { rate, eta: null };
      return { rate, eta: Math.max((remaining / rate) * SECOND, leastAt(now)) };
    },
  };
}

/** A step that is planned again has been counted as sent, or as one that never will be. */
const CHANGE: Readonly<Partial<Record<StepState, number>>> = {
  intended: -1,
  not_sent: -1,
  planned: 1,
};
