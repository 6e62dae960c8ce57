/** The words of docs/spec.md 1 as shapes. Instants are milliseconds since the epoch; days are `YYYY-MM-DD`. */

export type ProviderName = 'stream' | 'sendbird';
export type Action = 'export' | 'erase' | 'restore';

export const ALL_OPERATIONS = [
  'export_feeds',
  'export_users',
  'access',
  'delete_feeds',
  'delete_users',
  'delete',
  'restore_users',
] as const;
export type Operation = (typeof ALL_OPERATIONS)[number];

export const STEP_STATES = [
  'planned',
  'intended',
  'accepted',
  'reported',
  'succeeded',
  'failed',
  'not_found',
  'no_data',
  'unsupported',
  'already_active',
  'not_sent',
  'cancelled',
  'in_doubt',
] as const;
export type StepState = (typeof STEP_STATES)[number];

export const REQUEST_STATES = [
  'open',
  'completed',
  'partial',
  'failed',
  'not_found',
  'in_doubt',
  'cancelled',
  'closed',
] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** The person: the id as the operator wrote it, and the id at each provider (null: no account there). */
export interface Subject {
  userId: string;
  streamId: string | null;
  sendbirdId: string | null;
}

/** Why a step failed. `passing`: a repetition may succeed, so `resume` tries it again. */
export interface StepError {
  code: string;
  message: string;
  passing: boolean;
  providerCode: number | null;
  httpStatus: number | null;
}

/** Whether a look-up shows what a step deletes or brings back. */
export const SIGHTS = ['visible', 'not_visible'] as const;
export type Sight = (typeof SIGHTS)[number];

/** What looking again, after the provider said done, has shown. */
export const FINDINGS = [...SIGHTS, 'still_visible', 'not_checkable'] as const;
export type Finding = (typeof FINDINGS)[number];

/** A file received from an export; `path` is relative to the bundle. */
export interface Artifact {
  path: string;
  bytes: number;
  sha256: string;
  format: 'json' | 'jsonl' | 'zip';
  /** Lines of JSON lines, elements of a JSON document's lists, files in a zip. */
  records: number;
}

/** One operation for one request, with its own outcome. */
export interface Step {
  id: string;
  requestId: string;
  provider: ProviderName;
  operation: Operation;
  account: string;
  /** The subject's id at this provider. */
  subjectId: string;
  options: Readonly<Record<string, unknown>>;
  state: StepState;
  /** In words, for the receipt: what a reader must know about how the step ended. */
  note: string | null;
  error: StepError | null;
  /** False once it is known that what arrived, or was done, is not all of it. */
  whole: boolean;
  /** The call that serves it now. */
  callId: string | null;
  taskId: string | null;
  /** How many subjects that call serves. */
  subjects: number;
  attempts: number;
  checks: number;
  /** How often `resume` repeated it after a passing failure. */
  repeats: number;
  /** Tries at what the step waits for now (checks of a false `failed`, downloads, searches). */
  tries: number;
  /** Not before this instant; null: at once. */
  nextAt: number | null;
  /** Waits for another step of its request, or for the operator, and not for time. */
  blocked: boolean;
  /**
   * Steps with the same one go in one call, and nobody else with them: the parts of a call that was
   * refused, or those of a call that is sent once more with the same body.
   */
  batch: string | null;
  /** How many of its calls in a row may have arrived and got no clear answer. */
  doubts: number;
  /** What the look-up before the question has shown; null: nobody looked. */
  before: Sight | null;
  after: Finding | null;
  lookedAt: number | null;
  /** An erase of the same person that is in this ledger already (request id). */
  earlier: string | null;
  /** What that erase was asked to do to the same; absent: there is none on record. */
  earlierOptions?: Readonly<Record<string, unknown>>;
  intendedAt: number | null;
  acceptedAt: number | null;
  /** Set exactly when the step has ended. */
  finishedAt: number | null;
  artifacts: readonly Artifact[];
}

export const CALL_STATES = ['intended', 'accepted', 'refused', 'in_doubt', 'replaced'] as const;
export type CallState = (typeof CALL_STATES)[number];

/** What was sent: one HTTP call that starts work, serving one step or more. */
export interface Call {
  id: string;
  provider: ProviderName;
  operation: Operation;
  account: string;
  options: Readonly<Record<string, unknown>>;
  stepIds: readonly string[];
  subjectIds: readonly string[];
  taskId: string | null;
  state: CallState;
  /** The call that this one repeats, splits or adopts. */
  replaces: string | null;
  /** It was never sent: its task was found in the provider's list, after the answer to `replaces` was lost. */
  adopted: boolean;
  /** The provider's last word about its task. */
  providerStatus: string | null;
  intendedAt: number;
  answeredAt: number | null;
}

/** The one extension of the deadline that Art. 12(3) allows; `until` is a day. */
export interface Extension {
  until: string;
  reason: string;
  operator: string;
  at: number;
}

/** That a request was settled by hand. */
export interface Closing {
  reason: string;
  operator: string;
  at: number;
}

/** One data-subject request for one subject, with its steps. */
export interface Request {
  id: string;
  action: Action;
  mode: 'soft' | 'pruning' | 'hard' | null;
  subject: Subject;
  reference: string | null;
  profile: string;
  operator: string;
  receivedOn: string;
  dueOn: string;
  createdAt: number;
  finishedAt: number | null;
  /** Where bundles go, absolute; null where the action makes no files. */
  outDir: string | null;
  /** An erase that exports first may go on when an export is not whole. */
  acceptPartial: boolean;
  /** When it was last confirmed; null: it needs no confirmation. */
  confirmedAt: number | null;
  extension: Extension | null;
  closing: Closing | null;
  state: RequestState;
  /** Whether receipt and checksums stand in the bundle (true where there is none to write). */
  sealed: boolean;
  steps: readonly Step[];
  /** The request's event chain: how many events, and the hash of the last. */
  ledger: { sequence: number; head: string };
}

/** A request that is not recorded yet: what the plan makes. */
export type PlannedStep = Pick<
  Step,
  'id' | 'provider' | 'operation' | 'account' | 'subjectId' | 'options'
> &
  Partial<Pick<Step, 'before' | 'earlier' | 'note'>> & {
    /** It ends like this without a call. */
    state?: 'planned' | 'unsupported' | 'already_active';
  };
export type PlannedRequest = Pick<
  Request,
  | 'id'
  | 'action'
  | 'mode'
  | 'subject'
  | 'reference'
  | 'profile'
  | 'operator'
  | 'receivedOn'
  | 'dueOn'
  | 'outDir'
> & {
  acceptPartial?: boolean;
  /** The row of a CSV that it comes from, in its canonical text; null: it comes from none. */
  identity?: string | null;
  steps: readonly PlannedStep[];
};
