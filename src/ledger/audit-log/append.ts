import type { Connection } from '../file/connection.ts';
import { columnList, insert, read } from '../rows/columns.ts';
import { EVENT } from '../rows/tables.ts';
import { type ChainedEvent, type LedgerEvent, eventHash } from './event.ts';

/** The end of a request's chain, with the events behind it that are not written yet. */
export interface ChainEnd {
  readonly id: string;
  sequence: number;
  head: string;
  readonly news: ChainedEvent[];
}

/** What is said about an event; whose it is and its place in the chain come by themselves, the rest is null. */
export type News = Pick<LedgerEvent, 'at' | 'kind'> &
  Partial<Omit<LedgerEvent, 'requestId' | 'sequence'>>;

/** What is null of an event unless its news say it. */
const NOTHING = {
  stepId: null,
  state: null,
  callId: null,
  taskId: null,
  errorCode: null,
  ordinal: null,
  sha256: null,
  bytes: null,
};

/** Adds an event to the end of a request's chain; it is on its way to disk with its unit of work. */
export function append(end: ChainEnd, news: News): void {
  const sequence = end.sequence + 1;
  const event: LedgerEvent = { ...NOTHING, ...news, requestId: end.id, sequence };
  end.head = eventHash(end.head, event);
  end.sequence = sequence;
  end.news.push(Object.assign(event, { hash: end.head }));
}

/** Writes the events that are new. */
export function writeNews(on: Connection, { news }: ChainEnd): void {
  for (const event of news.splice(0)) insert(on, 'events', EVENT, event);
}

/** The chain of a request, in its order. */
export function eventsOf(on: Connection, requestId: string): readonly ChainedEvent[] {
  return on
    .sql(`SELECT ${columnList(EVENT)} FROM events WHERE request_id = ? ORDER BY sequence`)
    .all(requestId)
    .map((row) => read(row, EVENT));
}
