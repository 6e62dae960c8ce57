import type { Subject } from '../requests/request.ts';

/** One subject of a run. */
export interface SubjectRow {
  /** The line of the file where the row begins; for named users 1, 2, 3 … */
  line: number;
  subject: Subject;
  /** The row's own; null: it has none. */
  reference: string | null;
  /** The row's own day, as written; null: it has none. */
  receivedOn: string | null;
  /** What `note` has written; null: nothing yet. */
  requestId: string | null;
  disposition: Disposition | null;
  facts: string | null;
}

/** What becomes of a row: a new request, one that is open already, or one that is settled. */
export type Disposition = 'recorded' | 'carried' | 'skipped';

/** What is to be remembered of a row; what is left out stays as it is. */
export interface SubjectNote {
  line: number;
  requestId?: string;
  disposition?: Disposition;
  /** JSON of whatever the run must know of the row later. */
  facts?: string;
}

/** Who a run is about, each once, in memory that does not grow with their number. */
export interface SubjectTable {
  /** How many rows. */
  readonly size: number;
  /** What the operator should know of the file, one sentence each. */
  readonly notices: readonly string[];
  /** The columns of ours that the file has, in its order; for named users `user_id`. */
  readonly columns: readonly string[];
  /** The rows in the order of the file, at most `limit` a page; notes may be made meanwhile. */
  pages(limit: number): Iterable<readonly SubjectRow[]>;
  /** Remembers of rows what became of them, all in one transaction. Throws GdprError `storage`. */
  note(patches: readonly SubjectNote[]): void;
  /** The request ids that were noted, each once, in the order of the file, at most `limit` a page. */
  ids(limit: number): Iterable<readonly string[]>;
  /** Must be called at the end; what it remembered is gone then. */
  close(): void;
}
