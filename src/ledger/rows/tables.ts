import { WAYS_TO_CONFIRM } from '../../requests/confirmation.ts';
import {
  ALL_OPERATIONS,
  type Action,
  type Artifact,
  CALL_STATES,
  type Call,
  type Closing,
  type Extension,
  FINDINGS,
  type ProviderName,
  REQUEST_STATES,
  type Request,
  SIGHTS,
  STEP_STATES,
  type Step,
  type StepError,
  type Subject,
} from '../../requests/request.ts';
import { type ChainedEvent, type Confirmed, EVENT_KINDS } from '../audit-log/event.ts';
import { DamagedRow } from '../faults.ts';
import {
  type Columns,
  type Row,
  flag,
  integer,
  integerOrNull,
  json,
  oneOf,
  orNull,
  text,
  textOrNull,
} from './columns.ts';

/** The closed lists that are nowhere else, each complete by its type. */
export const ACTIONS = words<Action>({ export: 1, erase: 1, restore: 1 });
const PROVIDERS = words<ProviderName>({ stream: 1, sendbird: 1 });
const MODES = words<NonNullable<Request['mode']>>({ soft: 1, pruning: 1, hard: 1 });
const FORMATS = words<Artifact['format']>({ json: 1, jsonl: 1, zip: 1 });

function words<T extends string>(all: Record<T, 1>): readonly T[] {
  const isWord = (name: string): name is T => name in all;
  return Object.keys(all).filter(isWord);
}

/** Whom a request is about. */
export const SUBJECT: Columns<Subject> = {
  userId: ['user_id', text],
  streamId: ['stream_id', textOrNull],
  sendbirdId: ['sendbird_id', textOrNull],
};

/** `ledger` of a request: the end of its chain. */
export const CHAIN: Columns<Request['ledger']> = {
  sequence: ['sequence', integer],
  head: ['head', text],
};

export const EXTENSION: Columns<Extension> = {
  until: ['extended_until', text],
  reason: ['extension_reason', text],
  operator: ['extended_by', text],
  at: ['extended_at', integer],
};

export const CLOSING: Columns<Closing> = {
  reason: ['closing_reason', text],
  operator: ['closed_by', text],
  at: ['closed_at', integer],
};

type OwnOfRequest = Omit<Request, 'subject' | 'extension' | 'closing' | 'steps' | 'ledger'>;
export const OWN_OF_REQUEST: Columns<OwnOfRequest> = {
  id: ['id', text],
  action: ['action', oneOf(ACTIONS)],
  mode: ['mode', orNull(oneOf(MODES))],
  reference: ['reference', textOrNull],
  profile: ['profile', text],
  operator: ['operator', text],
  receivedOn: ['received_on', text],
  dueOn: ['due_on', text],
  createdAt: ['created_at', integer],
  finishedAt: ['finished_at', integerOrNull],
  outDir: ['out_dir', textOrNull],
  acceptPartial: ['accept_partial', flag],
  confirmedAt: ['confirmed_at', integerOrNull],
  state: ['state', oneOf(REQUEST_STATES)],
  sealed: ['sealed', flag],
};

/** What is written of a request as it comes in; `identity` is a hash, and never read back as a field. */
export const NEW_REQUEST: Columns<
  OwnOfRequest & Subject & Request['ledger'] & { identity: string | null }
> = { ...OWN_OF_REQUEST, ...SUBJECT, ...CHAIN, identity: ['identity', textOrNull] };

export const STEP: Columns<Omit<Step, 'artifacts' | 'earlierOptions'>> = {
  id: ['id', text],
  requestId: ['request_id', text],
  provider: ['provider', oneOf(PROVIDERS)],
  operation: ['operation', oneOf(ALL_OPERATIONS)],
  account: ['account', text],
  subjectId: ['subject_id', text],
  options: ['options', json],
  state: ['state', oneOf(STEP_STATES)],
  note: ['note', textOrNull],
  error: ['error', orNull(stepError)],
  whole: ['whole', flag],
  callId: ['call_id', textOrNull],
  taskId: ['task_id', textOrNull],
  subjects: ['subjects', integer],
  attempts: ['attempts', integer],
  checks: ['checks', integer],
  repeats: ['repeats', integer],
  tries: ['tries', integer],
  nextAt: ['next_at', integerOrNull],
  blocked: ['blocked', flag],
  batch: ['batch', textOrNull],
  doubts: ['doubts', integer],
  before: ['before', orNull(oneOf(SIGHTS))],
  after: ['after', orNull(oneOf(FINDINGS))],
  lookedAt: ['looked_at', integerOrNull],
  earlier: ['earlier', textOrNull],
  intendedAt: ['intended_at', integerOrNull],
  acceptedAt: ['accepted_at', integerOrNull],
  finishedAt: ['finished_at', integerOrNull],
};

/** The error of a step, from its column. */
function stepError(row: Row, column: string): StepError {
  const { code, message, passing, providerCode, httpStatus } = json(row, column);
  if (typeof code !== 'string' || typeof message !== 'string' || typeof passing !== 'boolean') {
    throw new DamagedRow(`the error of step ${text(row, 'id')} holds what no gdpr wrote`);
  }
  return {
    code,
    message,
    passing,
    providerCode: typeof providerCode === 'number' ? providerCode : null,
    httpStatus: typeof httpStatus === 'number' ? httpStatus : null,
  };
}

export const CALL: Columns<Omit<Call, 'stepIds' | 'subjectIds'>> = {
  id: ['id', text],
  provider: ['provider', oneOf(PROVIDERS)],
  operation: ['operation', oneOf(ALL_OPERATIONS)],
  account: ['account', text],
  options: ['options', json],
  taskId: ['task_id', textOrNull],
  state: ['state', oneOf(CALL_STATES)],
  replaces: ['replaces', textOrNull],
  adopted: ['adopted', flag],
  providerStatus: ['provider_status', textOrNull],
  intendedAt: ['intended_at', integer],
  answeredAt: ['answered_at', integerOrNull],
};

/** A place among others, from 1. */
interface Ordinal {
  ordinal: number;
}

/** That a call serves a step. */
export const CALL_STEP: Columns<Ordinal & { callId: string; stepId: string; subjectId: string }> = {
  callId: ['call_id', text],
  ordinal: ['ordinal', integer],
  stepId: ['step_id', text],
  subjectId: ['subject_id', text],
};

export const ARTIFACT: Columns<Artifact & Ordinal & { stepId: string }> = {
  stepId: ['step_id', text],
  ordinal: ['ordinal', integer],
  path: ['path', text],
  bytes: ['bytes', integer],
  sha256: ['sha256', text],
  format: ['format', oneOf(FORMATS)],
  records: ['records', integer],
};

export const CONFIRMATION: Columns<Confirmed & Ordinal & { requestId: string }> = {
  requestId: ['request_id', text],
  ordinal: ['ordinal', integer],
  at: ['at', integer],
  operator: ['operator', text],
  how: ['how', oneOf(WAYS_TO_CONFIRM)],
};

export const EVENT: Columns<ChainedEvent> = {
  requestId: ['request_id', text],
  sequence: ['sequence', integer],
  at: ['at', integer],
  kind: ['kind', oneOf(EVENT_KINDS)],
  stepId: ['step_id', textOrNull],
  state: ['state', orNull(oneOf([...REQUEST_STATES, ...STEP_STATES, ...FINDINGS]))],
  callId: ['call_id', textOrNull],
  taskId: ['task_id', textOrNull],
  errorCode: ['error_code', textOrNull],
  ordinal: ['ordinal', integerOrNull],
  sha256: ['sha256', textOrNull],
  bytes: ['bytes', integerOrNull],
  hash: ['hash', text],
};
