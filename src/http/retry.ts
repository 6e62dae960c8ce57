import { TRIES, backoff } from '../host/backoff.ts';
import type { Clock } from '../host/host.ts';
import type { ApiCall, Exchange, Heard, Manners } from './exchange.ts';

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

/** Whether a call changes nothing, so that it may be repeated and left at any time. */
export function isRead({ method, reads }: Pick<ApiCall, 'method' | 'reads'>): boolean {
  return method === 'GET' || reads === true;
}

/**
 * Whether a call was refused for a rate limit that says when it may come again: it was not even
 * looked at. Others wait for the same limit, so that one call may meet this many times.
 */
function isTold({ limited, retryAt }: Heard, now: number): boolean {
  return limited && retryAt !== null && retryAt > now;
}

/**
 * Whether a call is tried again, and after what pause (ms; `told` if the provider chose it); null: it
 * ends with what there is. Only a read is ever repeated here. What the provider says beats our own
 * backoff, unscaled and without jitter; an instant of its that has passed says nothing. A pause that
 * overruns a budget is not begun. `moment` is the instant (ms), a random number in [0, 1), and the
 * scale of our own pauses.
 */
export function nextPause(
  call: Pick<ApiCall, 'method' | 'reads'>,
  tried: Tried,
  heard: Pick<Heard, 'transient' | 'retryAt'>,
  moment: { now: number; random: number; scale: number },
): { wait: number; told: boolean } | null {
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

/** What trying again needs of the world. */
export interface RetryDeps {
  clock: Clock;
  /** In [0, 1). */
  random(): number;
  /** `--poll-interval` over 2 s: every pause of ours is multiplied by it. */
  scale: number;
}

/** Waits for the next try of a call that took so long (ms); false: there is none. */
type Again = (heard: Heard, spent: number, signal: AbortSignal) => Promise<boolean>;

/** Counts the tries of one call. */
export function createTries(call: Pick<ApiCall, 'method' | 'reads'>, deps: RetryDeps): Again {
  const { clock, scale } = deps;
  const tried: Tried = { tries: 0, refused: 0, told: 0, spent: 0 };
  return async (heard, spent, signal) => {
    const now = clock.now();
    if (isTold(heard, now)) tried.refused += 1;
    else tried.tries += 1;
    tried.spent += spent;
    const pause = nextPause(call, tried, heard, { now, random: deps.random(), scale });
    if (pause === null) return false;
    await clock.sleep(pause.wait, signal);
    tried.spent += pause.wait;
    if (pause.told) tried.told += pause.wait;
    return true;
  };
}

/** Makes a call, and repeats it where `nextPause` says so; waiting for a turn is not counted. */
export async function repeat(
  call: ApiCall,
  manners: Manners,
  signal: AbortSignal,
  deps: RetryDeps & { send(call: ApiCall, signal: AbortSignal): Promise<Exchange> },
): Promise<Exchange> {
  const again = createTries(call, deps);
  for (;;) {
    // What starts work has had its turn before its intent was written.
    if (isRead(call)) await manners.enter(signal);
    if (signal.aborted) return { kind: 'stopped' };
    const start = deps.clock.monotonic();
    manners.tried();
    const exchange = await deps.send(call, signal);
    const heard = heardOf(exchange, manners);
    if (!heard.transient || !isRead(call)) return exchange;
    const isTriedAgain = await again(heard, deps.clock.monotonic() - start, signal);
    if (!isTriedAgain || signal.aborted) return exchange;
  }
}

function heardOf(exchange: Exchange, manners: Manners): Heard {
  if (exchange.kind === 'answer') return manners.hear(exchange.answer);
  return { transient: exchange.kind !== 'stopped', limited: false, retryAt: null };
}
