import { TRIES, backoff } from '../host/backoff.ts';
import type { ApiCall, Heard } from './exchange.ts';

/** The longest that a call waits, all told, because its provider said so; ms. */
export const TOLD_BUDGET = 60_000;

/** The longest that a call takes with its tries and pauses, ms. */
export const CALL_BUDGET = 180_000;

/** So often in a row a call meets a rate limit that tells its end before it gives up. */
const REFUSALS = 16;

/** What a call has behind it. Times in ms. */
export interface Tried {
  tries: number;
  /** Tries that were refused for a rate limit which told its end (`isTold`): not among `tries`. */
  refused: number;
  /** Waited because the provider said so. */
  told: number;
  /** Spent altogether, tries and pauses. */
  spent: number;
}

/** What the pause depends on: instant (ms), random number in [0, 1), scale of our own pauses. */
export interface Moment {
  now: number;
  random: number;
  scale: number;
}

/** A pause before the next try, ms; `told` if the provider chose it. */
export interface Pause {
  wait: number;
  told: boolean;
}

/** Whether a call changes nothing, so that it may be repeated and left at any time. */
export function isRead({ method, reads }: Pick<ApiCall, 'method' | 'reads'>): boolean {
  return method === 'GET' || reads === true;
}

/**
 * Whether a call was refused for a rate limit that says when it may come again: it was not even
 * looked at. Others wait for the same limit, so that one call may meet this many times.
 */
export function isTold({ limited, retryAt }: Heard, now: number): boolean {
  return limited && retryAt !== null && retryAt > now;
}

/**
 * Whether a call is tried again, and after what pause; null: it ends with what there is. Only a
 * read is ever repeated here. What the provider says beats our own backoff, unscaled and without
 * jitter; an instant of its that has passed says nothing. A pause that overruns a budget is not
 * begun.
 */
export function nextPause(
  call: Pick<ApiCall, 'method' | 'reads'>,
  tried: Tried,
  heard: Pick<Heard, 'transient' | 'retryAt'>,
  moment: Moment,
): Pause | null {
  if (!isRead(call) || !heard.transient) return null;
  if (tried.tries >= TRIES || tried.refused >= REFUSALS) return null;
  const said = (heard.retryAt ?? moment.now) - moment.now;
  const told = said > 0;
  const wait = told ? said : backoff(tried.tries + 1, moment.random, moment.scale);
  if (told && tried.told + wait > TOLD_BUDGET) return null;
  if (tried.spent + wait > CALL_BUDGET) return null;
  return { wait, told };
}

/** Whether a status is worth a repetition: 408, 429 and 5xx. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Longer than any wait that makes sense, ms: what is told beyond it means the same. */
const LONGEST = 86_400_000;

/**
 * A `Retry-After` header as an instant (ms): seconds from `now`, fractions allowed, or an HTTP
 * date, a day at most. Null when it is absent or makes no sense.
 */
export function retryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    return now + Math.min(Math.ceil(Number(text) * 1_000), LONGEST);
  }
  if (!/^[A-Z][a-z]{2}, /.test(text)) return null;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.min(date, now + LONGEST);
}
