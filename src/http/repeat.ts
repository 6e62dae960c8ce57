import type { Clock } from '../host/host.ts';
import type { ApiCall, Exchange, Heard, Manners } from './exchange.ts';
import { type Tried, isRead, isTold, nextPause } from './retry.ts';

/** What repeating needs of the world. */
export interface RepeatDeps {
  clock: Clock;
  random(): number;
  scale: number;
  send(call: ApiCall, signal: AbortSignal): Promise<Exchange>;
}

/** Makes a call, and repeats it where `nextPause` says so; waiting for a turn is not counted. */
export async function repeat(
  call: ApiCall,
  manners: Manners,
  signal: AbortSignal,
  deps: RepeatDeps,
): Promise<Exchange> {
  const { clock } = deps;
  const tried: Tried = { tries: 0, refused: 0, told: 0, spent: 0 };
  for (;;) {
    // What starts work has had its turn before its intent was written.
    if (isRead(call)) await manners.enter(signal);
    if (signal.aborted) return { kind: 'stopped' };
    const start = clock.monotonic();
    manners.tried();
    const exchange = await deps.send(call, signal);
    const heard = heardOf(exchange, manners);
    if (!heard.transient || !isRead(call)) return exchange;
    const now = clock.now();
    if (isTold(heard, now)) tried.refused += 1;
    else tried.tries += 1;
    tried.spent += clock.monotonic() - start;
    const moment = { now, random: deps.random(), scale: deps.scale };
    const pause = nextPause(call, tried, heard, moment);
    if (pause === null) return exchange;
    await clock.sleep(pause.wait, signal);
    if (signal.aborted) return exchange;
    tried.spent += pause.wait;
    if (pause.told) tried.told += pause.wait;
  }
}

function heardOf(exchange: Exchange, manners: Manners): Heard {
  if (exchange.kind === 'answer') return manners.hear(exchange.answer);
  return { transient: exchange.kind !== 'stopped', limited: false, retryAt: null };
}
