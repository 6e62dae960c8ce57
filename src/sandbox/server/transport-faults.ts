import type { FaultSubject } from '../faults/book.ts';
import type { ServerContext } from './context.ts';
import { type Exchange, hangUp, reset, send } from './exchange.ts';

/** How a call ended on its way, before anyone looked at it; null = it went through. */
export interface Ended {
  status: number | null;
  fault: string;
}

export interface Arrival extends FaultSubject {
  operation: string;
  taskId: string | null;
}

const SLOW = 2000;
const EDGE_TEXT =
  'upstream connect error or disconnect/reset before headers. reset reason: connection termination';

/** What can happen before a call has any effect: gate, delay, silence, reset, the edge's own errors. */
export async function onTheWay(
  context: ServerContext,
  exchange: Exchange,
  arrival: Arrival,
): Promise<Ended | null> {
  const { options } = context.world;
  const hits = (name: string) => context.faults.hits(name, arrival);
  if (options.latency > 0) await options.clock.sleep(options.latency, exchange.gone);
  if (hits('hold') && (await holdAt(context, exchange, arrival, 'hold')) === 'gone') {
    return { status: null, fault: 'hold' };
  }
  if (hits('slow')) await options.clock.sleep(SLOW, exchange.gone);
  // Nothing is written and nothing closed: the caller waits until it gives up.
  if (hits('hang')) {
    void options.clock.sleep(Infinity, exchange.gone);
    return { status: null, fault: 'hang' };
  }
  if (hits('reset')) {
    reset(exchange);
    return { status: null, fault: 'reset' };
  }
  if (hits('edge-text')) {
    const status = happened(context, 'edge-text') % 2 === 1 ? 503 : 502;
    send(exchange, status, { 'Content-Type': 'text/plain' }, EDGE_TEXT);
    return { status, fault: 'edge-text' };
  }
  return null;
}

/** Waits at a gate until a test opens it; to the clock that is sleep. */
export async function holdAt(
  context: ServerContext,
  exchange: Exchange,
  arrival: Arrival,
  fault: string,
): Promise<'opened' | 'gone'> {
  const { operation, labels, ids, taskId } = arrival;
  const over = new AbortController();
  void context.world.options.clock.sleep(Infinity, over.signal);
  const how = await context.gates.wait({ fault, operation, labels, ids, taskId }, exchange.gone);
  over.abort();
  return how;
}

/** What can happen to an answer after the call took effect; null = it may be sent. */
export async function beforeAnswer(
  context: ServerContext,
  exchange: Exchange,
  arrival: Arrival,
): Promise<Ended | null> {
  if (context.faults.hits('answer-lost', arrival)) {
    hangUp(exchange);
    return { status: null, fault: 'answer-lost' };
  }
  if (!context.faults.hits('hold-answer', arrival)) return null;
  const how = await holdAt(context, exchange, arrival, 'hold-answer');
  return how === 'gone' ? { status: null, fault: 'hold-answer' } : null;
}

function happened(context: ServerContext, name: string): number {
  return context.faults
    .list()
    .filter((fault) => fault.name === name)
    .reduce((sum, fault) => sum + fault.happened, 0);
}
