import { eventHash, type ChainedEvent, type LedgerEvent } from './event.ts';
import { integer, integerOrNull, text, textOrNull, word, wordOrNull, type Row } from './columns.ts';
import type { Connection } from './connection.ts';
import { REQUEST_STATES, STEP_STATES } from '../requests/request.ts';
import { EVENT_KINDS, FINDINGS } from './words.ts';

const STATES = [...REQUEST_STATES, ...STEP_STATES, ...FINDINGS];

/** What is said about an event; the place in the chain comes by itself, and the rest is null. */
export type News = Pick<LedgerEvent, 'requestId' | 'at' | 'kind'> & Partial<LedgerEvent>;

/** Adds an event to the end of its request's chain. */
export function append(on: Connection, news: News): void {
  const { sequence, head } = endOf(on, news.requestId);
  const event: LedgerEvent = {
    stepId: null,
    state: null,
    callId: null,
    taskId: null,
    errorCode: null,
    ordinal: null,
    sha256: null,
    bytes: null,
    ...news,
    sequence: sequence + 1,
  };
  const hash = eventHash(head, event);
  on.sql(
    `INSERT INTO events (request_id, sequence, at, kind, step_id, state, call_id, task_id,
       error_code, ordinal, sha256, bytes, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    event.requestId,
    event.sequence,
    event.at,
    event.kind,
    event.stepId,
    event.state,
    event.callId,
    event.taskId,
    event.errorCode,
    event.ordinal,
    event.sha256,
    event.bytes,
    hash,
  );
  on.sql('UPDATE requests SET sequence = ?, head = ? WHERE id = ?').run(
    event.sequence,
    hash,
    event.requestId,
  );
}

function endOf(on: Connection, requestId: string): { sequence: number; head: string } {
  const row = on.sql('SELECT sequence, head FROM requests WHERE id = ?').get(requestId);
  if (row === undefined) throw new Error(`There is no request ${requestId}.`);
  return { sequence: integer(row, 'sequence'), head: text(row, 'head') };
}

/** The chain of a request, in its order. */
export function eventsOf(on: Connection, requestId: string): readonly ChainedEvent[] {
  return on
    .sql('SELECT * FROM events WHERE request_id = ? ORDER BY sequence')
    .all(requestId)
    .map(eventFrom);
}

function eventFrom(row: Row): ChainedEvent {
  return {
    requestId: text(row, 'request_id'),
    sequence: integer(row, 'sequence'),
    at: integer(row, 'at'),
    kind: word(row, 'kind', EVENT_KINDS),
    stepId: textOrNull(row, 'step_id'),
    state: wordOrNull(row, 'state', STATES),
    callId: textOrNull(row, 'call_id'),
    taskId: textOrNull(row, 'task_id'),
    errorCode: textOrNull(row, 'error_code'),
    ordinal: integerOrNull(row, 'ordinal'),
    sha256: textOrNull(row, 'sha256'),
    bytes: integerOrNull(row, 'bytes'),
    hash: text(row, 'hash'),
  };
}
