import { readJson } from '../../http/json-answer.ts';
import type { Operation } from '../../requests/request.ts';
import type { RateLimit } from '../provider.ts';
import type { StreamClient } from './client.ts';
import { windowOf } from './rate-limit.ts';
import { RateLimits, ToldLimit } from './schemas.ts';
import { idOf } from './task.ts';

type Told = readonly (readonly [Operation, RateLimit])[];

/** Operations of the feeds product, whose limits another call tells. */
const OF_FEEDS: ReadonlySet<Operation> = new Set(['export_feeds', 'delete_feeds']);

/**
 * The limits in force, as Stream tells them when asked: one call for the operations of feeds, one
 * for the others, none where there are none (docs/providers/stream.md 2.9). The rate limiter learns
 * them too. What cannot be learnt is left out: a call that is made all the same tells its own.
 */
export async function limitsOf(
  operations: readonly Operation[],
  client: StreamClient,
  clock: { now(): number },
  signal: AbortSignal,
): Promise<ReadonlyMap<Operation, RateLimit>> {
  const told = async (feeds: boolean, ask: StreamClient['getRateLimits']): Promise<Told> => {
    const asked = new Set(operations.filter((operation) => OF_FEEDS.has(operation) === feeds));
    const [first, ...others] = [...asked].map(idOf);
    if (first === undefined) return [];
    const outcome = await ask([first, ...others], signal);
    if (outcome.kind !== 'ok') return [];
    const reading = readJson(outcome.answer.text, RateLimits);
    if (reading.kind !== 'fits') return [];
    return [...asked].flatMap((operation) => {
      const said = ToldLimit.safeParse(reading.value.server_side[idOf(operation)]);
      if (!said.success) return [];
      const limit = windowOf(said.data, clock.now());
      client.connection.limiterOf(idOf(operation)).learn(limit);
      return [[operation, limit] as const];
    });
  };
  const answers = await Promise.all([
    told(true, client.getFeedsRateLimits),
    told(false, client.getRateLimits),
  ]);
  return new Map(answers.flat());
}
