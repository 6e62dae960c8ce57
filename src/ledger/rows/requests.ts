import {
  type Closing,
  type Extension,
  REQUEST_STATES,
  type Request,
  type Step,
  type Subject,
} from '../../requests/request.ts';
import type { Connection } from '../file/connection.ts';
import {
  type Row,
  flag,
  integer,
  integerOrNull,
  text,
  textOrNull,
  word,
  wordOrNull,
} from './columns.ts';
import { stepsFrom } from './steps.ts';
import { ACTIONS, MODES } from './words.ts';

/** A row of `requests`, with its steps in the order of the plan. */
export function requestFrom(on: Connection, row: Row): Request {
  const id = text(row, 'id');
  return {
    id,
    action: word(row, 'action', ACTIONS),
    mode: wordOrNull(row, 'mode', MODES),
    subject: subjectFrom(row),
    reference: textOrNull(row, 'reference'),
    profile: text(row, 'profile'),
    operator: text(row, 'operator'),
    receivedOn: text(row, 'received_on'),
    dueOn: text(row, 'due_on'),
    createdAt: integer(row, 'created_at'),
    finishedAt: integerOrNull(row, 'finished_at'),
    outDir: textOrNull(row, 'out_dir'),
    acceptPartial: flag(row, 'accept_partial'),
    confirmedAt: integerOrNull(row, 'confirmed_at'),
    extension: extensionFrom(row),
    closing: closingFrom(row),
    state: word(row, 'state', REQUEST_STATES),
    sealed: flag(row, 'sealed'),
    steps: stepsOf(on, id),
    ledger: { sequence: integer(row, 'sequence'), head: text(row, 'head') },
  };
}

function extensionFrom(row: Row): Extension | null {
  const until = textOrNull(row, 'extended_until');
  if (until === null) return null;
  return {
    until,
    reason: text(row, 'extension_reason'),
    operator: text(row, 'extended_by'),
    at: integer(row, 'extended_at'),
  };
}

function closingFrom(row: Row): Closing | null {
  const at = integerOrNull(row, 'closed_at');
  if (at === null) return null;
  return { reason: text(row, 'closing_reason'), operator: text(row, 'closed_by'), at };
}

/** The steps of a request with their artifacts, in the order of the plan. */
function stepsOf(on: Connection, requestId: string): readonly Step[] {
  const rows = on.sql('SELECT * FROM steps WHERE request_id = ? ORDER BY ordinal').all(requestId);
  return stepsFrom(on, rows);
}

/** Whom a request is about. */
export function subjectFrom(row: Row): Subject {
  return {
    userId: text(row, 'user_id'),
    streamId: textOrNull(row, 'stream_id'),
    sendbirdId: textOrNull(row, 'sendbird_id'),
  };
}
