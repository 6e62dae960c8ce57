import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { Operation } from '../../requests/request.ts';
import type { Ids } from '../batch.ts';
import type { RateLimit } from '../provider.ts';
import type { StreamClient } from './client.ts';
import type { Reply, StreamConnection } from './connection.ts';
import { outcomeOf } from './denial.ts';
import { idOf, isOfFeeds } from './operations.ts';
import { windowOf } from './rate-limit.ts';
import { RateLimits, ToldLimit } from './schemas.ts';

interface Deps {
  client: StreamClient;
  connection: StreamConnection;
  redactor: Redactor;
  clock: { now(): number };
}

/**
 * The limits in force, as Stream tells them when asked: one call for the operations of feeds, one
 * for the others, none where there are none (docs/providers/stream.md 2.9). The rateLimiter learns them too.
 * What cannot be learnt is left out: a call that is made all the same tells its own.
 */
export async function limitsOf(
  operations: readonly Operation[],
  deps: Deps,
  signal: AbortSignal,
): Promise<ReadonlyMap<Operation, RateLimit>> {
  const { client } = deps;
  const asked = [...new Set(operations)];
  const ofFeeds = asked.filter(isOfFeeds);
  const others = asked.filter((operation) => !isOfFeeds(operation));
  const answers = await Promise.all([
    told(ofFeeds, (ids) => client.getFeedsRateLimits(ids, signal), deps),
    told(others, (ids) => client.getRateLimits(ids, signal), deps),
  ]);
  return new Map(answers.flat());
}

async function told(
  operations: readonly Operation[],
  ask: (ids: Ids) => Promise<Reply>,
  { connection, redactor, clock }: Deps,
): Promise<readonly [Operation, RateLimit][]> {
  const [first, ...others] = operations.map(idOf);
  if (first === undefined) return [];
  const outcome = outcomeOf(await ask([first, ...others]), redactor, clock.now());
  if (outcome.kind !== 'ok') return [];
  const reading = readJson(outcome.answer.text, RateLimits);
  if (reading.kind !== 'fits') return [];
  return operations.flatMap((operation): [Operation, RateLimit][] => {
    const said = ToldLimit.safeParse(reading.value.server_side[idOf(operation)]);
    if (!said.success) return [];
    const limit = windowOf(said.data, clock.now());
    connection.laneOf(idOf(operation)).learn(limit);
    return [[operation, limit]];
  });
}
