import type { FaultSubject } from '../faults/book.ts';
import { type RawExchange, type ServerContext, hangUp, reset, send } from './exchange.ts';

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
  exchange: RawExchange,
  arrival: Arrival,
): Promise<Ended | null> {
  const { options } = context;
  const hits = (name: string) => context.faults.hits(name, arrival);
  if (options.latency > 0) await options.clock.sleep(options.latency);
  if (hits('hold') && (await holdAt(context, exchange, arrival, 'hold')) === 'gone') {
    return { status: null, fault: 'hold' };
  }
  if (hits('slow')) await options.clock.sleep(SLOW);
  // Nothing is written and nothing closed: the caller waits until it gives up.
  if (hits('hang')) return { status: null, fault: 'hang' };
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

/** Waits at a gate until a test opens it. */
export function holdAt(
  context: ServerContext,
  exchange: RawExchange,
  arrival: Arrival,
  fault: string,
): Promise<'opened' | 'gone'> {
  const { operation, labels, ids, taskId } = arrival;
  return context.gates.wait({ fault, operation, labels, ids, taskId }, exchange.gone);
}

/** What can happen to an answer after the call took effect; null = it may be sent. */
export async function beforeAnswer(
  context: ServerContext,
  exchange: RawExchange,
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
