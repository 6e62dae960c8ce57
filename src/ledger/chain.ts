import { eventHash, NO_HEAD, type ChainedEvent } from './event.ts';

/**
 * What is wrong with the chain of a request, in words; null: every link holds, no event is missing,
 * and it ends where its request says (`sequence` events, `head` the last hash).
 */
export function chainFault(
  requestId: string,
  events: readonly ChainedEvent[],
  end: { sequence: number; head: string },
): string | null {
  let head = NO_HEAD;
  for (const [index, event] of events.entries()) {
    const place = index + 1;
    if (event.requestId !== requestId) return `event ${String(place)} is another request's`;
    if (event.sequence !== place) return `event ${String(place)} is missing`;
    if (eventHash(head, event) !== event.hash) return `event ${String(place)} was changed`;
    head = event.hash;
  }
  if (events.length !== end.sequence) {
    return `it has ${String(events.length)} events instead of ${String(end.sequence)}`;
  }
  return head === end.head && events.length > 0 ? null : 'it does not end where the request says';
}
