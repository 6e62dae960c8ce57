import type { Artifact, StepError } from '../request.ts';

/** What a provider's answers mean to us: closed unions, translated once by the adapters. */

/** The provider cannot be asked now; nothing is learnt about the subject. */
export type Unreachable =
  /** 401, 403 or a secret that cannot be resolved. */
  | { kind: 'credentials'; error: StepError }
  /** 429: refused before anything happened; `retryAt` (ms) is what the provider said. */
  | { kind: 'limited'; error: StepError; retryAt: number | null }
  /** No connection, a 5xx, an edge's error page, an answer that never came. */
  | { kind: 'unavailable'; error: StepError };

export function isUnreachable(answer: { kind: string }): answer is Unreachable {
  return ['credentials', 'limited', 'unavailable'].includes(answer.kind);
}

/** The answer to a call that starts work. */
export type Submission =
  | { kind: 'accepted'; taskId: string; status: string | null }
  /** Done with the answer, and there is no task (Stream restore). */
  | { kind: 'done' }
  /** The provider says that it does not know the subject. */
  | { kind: 'absent'; error: StepError }
  /** An answer about this subject or this call, and it is no. */
  | { kind: 'refused'; error: StepError }
  | Extract<Unreachable, { kind: 'credentials' | 'limited' }>
  /** The connection was never made: the call surely did not happen. */
  | { kind: 'unsent'; error: StepError }
  /** The provider answered with a 5xx: it may have happened. */
  | { kind: 'unavailable'; error: StepError }
  /** The call left and its answer is unknown. */
  | { kind: 'lost'; error: StepError };

/** What a task that is done says about one subject. */
export type SubjectResult = { kind: 'ok' } | { kind: 'failed'; error: StepError };

/** What the provider says about a task. An unknown word is `running`, never `done`. */
export type TaskReport =
  | { kind: 'running'; status: string }
  /** `results` by subject id, where the provider tells them apart. */
  | { kind: 'done'; status: string; results: ReadonlyMap<string, SubjectResult> | null }
  | { kind: 'failed'; status: string; error: StepError }
  /** Sendbird: nothing found, or a fault of theirs; a look-up settles it. */
  | { kind: 'no_data'; status: string }
  /** The provider does not know the task any more. */
  | { kind: 'forgotten'; error: StepError }
  /** An answer that does not fit the schema; the error names the field. */
  | { kind: 'unreadable'; error: StepError }
  | Unreachable;

/**
 * Whether a subject's account can be seen, and what tells the operator whom it is about. Absent at
 * Stream: never there, hidden or gone. Instants in ms; null: the provider does not say.
 */
export interface Presence {
  visible: boolean;
  name: string | null;
  createdAt: number | null;
  lastSeenAt: number | null;
  deactivated: boolean;
}
export type Lookup = { kind: 'found'; presence: ReadonlyMap<string, Presence> } | Unreachable;

/** Whether what an operation deletes, or brings back, can be seen. */
export type Sighting =
  | { kind: 'looked'; visible: ReadonlySet<string> }
  /** This app, or these credentials, have no way to look. */
  | { kind: 'not_checkable'; error: StepError }
  | Unreachable;

/** A task of the account that a call in doubt may have started; `createdAt` in ms. */
export interface FoundTask {
  taskId: string;
  createdAt: number;
  status: string;
}
/** Tasks of the account that a call in doubt may have started, oldest first. */
export type Search =
  | { kind: 'listed'; tasks: readonly FoundTask[] }
  /** This provider has no list to search. */
  | { kind: 'unsearchable' }
  | Unreachable;

/** How withdrawing a call ended. */
export type Withdrawal =
  /** The provider took it back, and a look has confirmed it. */
  | { kind: 'withdrawn' }
  /** It runs already, or is done, or this provider withdraws nothing. */
  | { kind: 'too_late'; error: StepError }
  /** It may have been withdrawn: the answer is lost, or a look does not bear it out. */
  | { kind: 'unclear'; error: StepError }
  | Unreachable;

/** How fetching a file ended. */
export type Collected =
  /** `cut`: it has as many messages as the provider's cap. `recognised`: something in it is known. */
  | { kind: 'stored'; artifact: Artifact; cut: boolean; recognised: boolean }
  /** What came is not a whole export: an error page, a cut or broken file. */
  | { kind: 'bad'; error: StepError }
  /** The link is refused: expired, or nothing there. */
  | { kind: 'link_refused'; error: StepError }
  /** Done at the provider, and no link came with it. */
  | { kind: 'no_link'; error: StepError }
  /** The task is not done after all. */
  | Exclude<TaskReport, { kind: 'done' }>;
