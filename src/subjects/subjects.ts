import type { FoundSubject } from '../requests/plan/preview.ts';
import type { PlannedRequest, Subject } from '../requests/request.ts';
import { type Column, ID_COLUMNS, idColumn } from './header.ts';
import { type Scratch, type ScratchRow, openScratch } from './scratch.ts';

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
}

/** What becomes of a row: a new request, one that is open already, or one that is settled. */
const DISPOSITIONS = ['recorded', 'carried', 'skipped'] as const;
type Disposition = (typeof DISPOSITIONS)[number];

/** What is planned for a row, and what was found of its subject at the providers. */
export interface PlannedRow {
  request: PlannedRequest;
  found: readonly FoundSubject[];
}

/** What is to be remembered of a row; what is left out stays as it is. */
interface SubjectNote {
  line: number;
  requestId?: string;
  disposition?: Disposition;
  planned?: PlannedRow;
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
  /** Remembers of rows what became of them. Throws GdprError `storage`. */
  note(notes: readonly SubjectNote[]): void;
  /** What was noted as planned for these rows, which follow each other; null: nothing yet. */
  planned(rows: readonly SubjectRow[]): readonly PlannedRow[] | null;
  /** The request ids that were noted, each once, in the order of the file, at most `limit` a page. */
  ids(limit: number): Iterable<readonly string[]>;
  /** Must be called at the end; what it remembered is gone then. */
  close(): void;
}

/** The cells of a row as written, empty ones null, and what has come of it. */
export const SUBJECTS = `
  CREATE TABLE subjects (line INTEGER PRIMARY KEY, user_id TEXT, stream_id TEXT, sendbird_id TEXT,
    reference TEXT, received_on TEXT, request_id TEXT, disposition TEXT, planned TEXT);
`;

/** The users of a command line; `folder` is for the temporary file. */
export function namedSubjects(subjects: readonly Subject[], folder: string | null): SubjectTable {
  const scratch = openScratch(SUBJECTS, folder);
  const add = rowWriter(scratch, ID_COLUMNS);
  for (const [index, { userId, streamId, sendbirdId }] of subjects.entries()) {
    add(index + 1, [userId, streamId ?? '', sendbirdId ?? '']);
  }
  const size = subjects.length;
  return { ...tableOf(scratch, ID_COLUMNS), size, notices: [], columns: ['user_id'] };
}

/** Adds rows: the line of each, and its cells by these columns. */
export function rowWriter(
  scratch: Scratch,
  columns: readonly Column[],
): (line: number, cells: readonly string[]) => void {
  const places = columns.map(() => '?').join(', ');
  const insert = scratch.sql(
    `INSERT INTO subjects (line, ${columns.join(', ')}) VALUES (?, ${places})`,
  );
  return (line, cells) => {
    scratch.work(() => insert.run(line, ...cells.map((cell) => cell || null)));
  };
}

/** The table of rows that have been written by these columns. */
export function tableOf(
  scratch: Scratch,
  columns: readonly Column[],
): Omit<SubjectTable, 'size' | 'notices'> {
  const stream = idColumn(columns, 'stream') ?? 'stream_id';
  const sendbird = idColumn(columns, 'sendbird') ?? 'sendbird_id';
  const rowOf = (found: ScratchRow): SubjectRow => {
    const [streamId, sendbirdId] = [textOf(found[stream]), textOf(found[sendbird])];
    return {
      line: Number(found['line']),
      subject: {
        userId: textOf(found['user_id']) ?? streamId ?? sendbirdId ?? '',
        streamId,
        sendbirdId,
      },
      reference: textOf(found['reference']),
      receivedOn: textOf(found['received_on']),
      requestId: textOf(found['request_id']),
      disposition: DISPOSITIONS.find((each) => each === found['disposition']) ?? null,
    };
  };
  return {
    columns,
    *pages(limit) {
      for (const page of scratch.pages(ROWS, 'line', limit)) yield page.map(rowOf);
    },
    note(notes) {
      const update = scratch.sql(NOTE);
      for (const { line, requestId, disposition, planned } of notes) {
        const plan = planned === undefined ? null : JSON.stringify(planned);
        scratch.work(() => update.run(requestId ?? null, disposition ?? null, plan, line));
      }
    },
    planned(rows) {
      const ends = [rows[0]?.line ?? 0, rows.at(-1)?.line ?? 0];
      const found = scratch.work(() => scratch.sql(PLANNED).all(...ends));
      return found.length === 0 ? null : found.map(({ planned }) => JSON.parse(String(planned)));
    },
    *ids(limit) {
      scratch.work(() => scratch.sql(BY_REQUEST).run());
      for (const page of scratch.pages(IDS, 'line', limit)) {
        yield page.map((found) => String(found['request_id']));
      }
    },
    close: () => scratch.close(),
  };
}

/** The cells of a row by column, such that reading them again gives the same row. */
export function cellsOf(
  { subject, reference, receivedOn }: Pick<SubjectRow, 'subject' | 'reference' | 'receivedOn'>,
  columns: readonly string[],
): Readonly<Record<string, string>> {
  const cells: Readonly<Record<string, string | null>> = {
    user_id: userCell(subject, columns),
    stream_id: subject.streamId,
    sendbird_id: subject.sendbirdId,
    reference,
    received_on: receivedOn,
  };
  return Object.fromEntries(columns.map((column) => [column, cells[column] ?? '']));
}

/** Where `user_id` stands for a provider's id, an empty cell says that there is no account. */
function userCell(
  { userId, streamId, sendbirdId }: Subject,
  columns: readonly string[],
): string | null {
  if (!columns.includes('stream_id')) return streamId;
  return columns.includes('sendbird_id') ? userId : sendbirdId;
}

const ROWS = `SELECT line, user_id, stream_id, sendbird_id, reference, received_on, request_id, disposition
  FROM subjects WHERE line > ? ORDER BY line LIMIT ?`;

const NOTE = `UPDATE subjects SET request_id = coalesce(?, request_id),
  disposition = coalesce(?, disposition), planned = coalesce(?, planned) WHERE line = ?`;

/** Those that are skipped have no plan. */
const PLANNED = `SELECT planned FROM subjects
  WHERE line BETWEEN ? AND ? AND planned IS NOT NULL ORDER BY line`;

const BY_REQUEST = 'CREATE INDEX IF NOT EXISTS subjects_by_request ON subjects (request_id)';

const IDS = `SELECT line, request_id FROM subjects AS here
  WHERE line > ? AND request_id IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM subjects WHERE request_id = here.request_id AND line < here.line)
  ORDER BY line LIMIT ?`;

function textOf(value: ScratchRow[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
