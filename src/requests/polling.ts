/** Pauses of the work on requests, all in ms and all scaled with `--poll-interval`. */

/** What the pauses depend on: the instant, a random number in [0, 1), the first interval (ms). */
export interface Moment {
  at: number;
  random: number;
  pollInterval: number;
}

const GROWTH = 1.5;
const LONGEST = 15;
const JITTER = 0.15;
const SECOND_LOOK = 15;

/** When to check a task again that was checked `checks` times: 2 s growing to 30 s, with jitter. */
export function nextCheck(checks: number, moment: Moment): number {
  const interval = moment.pollInterval * Math.min(GROWTH ** checks, LONGEST);
  return moment.at + Math.round(interval * (1 - JITTER + 2 * JITTER * moment.random));
}

/** Longer than any wait of ours at the usual interval, ms. */
const TOO_LONG = 900_000;

/** Whether a step waits for an instant that only a clock that went wrong can have set. */
export function isMisdated(nextAt: number | null, at: number): boolean {
  return nextAt !== null && nextAt - at > TOO_LONG;
}

/**
 * When to look a second time before an answer is believed: after 30 s. Stream wrote `failed`
 * between retries 10 to 15 s apart until May 2026 (docs/providers/stream.md 3); a task may not be
 * readable at once, nor listed at once.
 */
export function secondLook(moment: Moment): number {
  return moment.at + Math.round(SECOND_LOOK * moment.pollInterval);
}
