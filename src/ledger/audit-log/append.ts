import { REQUEST_STATES, STEP_STATES } from '../../requests/request.ts';
import type { Connection } from '../file/connection.ts';
import {
  type Row,
  integer,
  integerOrNull,
  text,
  textOrNull,
  word,
  wordOrNull,
} from '../rows/columns.ts';
import { EVENT_KINDS, FINDINGS } from '../rows/words.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { type ChainedEvent, type LedgerEvent, eventHash } from './event.ts';

const STATES = [...REQUEST_STATES, ...STEP_STATES, ...FINDINGS];

/** What is said about an event; whose it is and its place in the chain come by themselves, the rest is null. */
export type News = Pick<LedgerEvent, 'at' | 'kind'> &
  Partial<Omit<LedgerEvent, 'requestId' | 'sequence'>>;

/** Adds an event to the end of a request's chain; it is on its way to disk with the unitOfWork. */
export function append(unitOfWork: UnitOfWork, news: News): void {
  const event: LedgerEvent = {
    requestId: unitOfWork.id,
    sequence: unitOfWork.sequence + 1,
    at: news.at,
    kind: news.kind,
    stepId: news.stepId ?? null,
    state: news.state ?? null,
    callId: news.callId ?? null,
    taskId: news.taskId ?? null,
    errorCode: news.errorCode ?? null,
    ordinal: news.ordinal ?? null,
    sha256: news.sha256 ?? null,
    bytes: news.bytes ?? null,
  };
  const hash = eventHash(unitOfWork.head, event);
  unitOfWork.news.push(Object.assign(event, { hash }));
  unitOfWork.sequence = event.sequence;
  unitOfWork.head = hash;
}

/** Writes the events of a unitOfWork that are new. */
export function writeNews(on: Connection, { news }: UnitOfWork): void {
  if (news.length === 0) return;
  const insert = on.sql(
    `INSERT INTO events (request_id, sequence, at, kind, step_id, state, call_id, task_id,
       error_code, ordinal, sha256, bytes, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const event of news.splice(0)) {
    insert.run(
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
      event.hash,
    );
  }
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
