import type { NotedRow } from './layout.ts';
import type { Scratch } from './scratch.ts';
import type { Disposition, SubjectNote } from './subjects.ts';

export const NOTE_TABLES = `
  CREATE TABLE notes (line INTEGER PRIMARY KEY, request_id TEXT, fate TEXT, facts TEXT);
`;

const FATES: readonly Disposition[] = ['recorded', 'carried', 'skipped'];
const NOTHING: NotedRow = { requestId: null, disposition: null, facts: null };

/** What became of rows, by line. */
export interface Notes {
  add(patches: readonly SubjectNote[]): void;
  /** What was remembered of the rows between two lines: answers for each of them. */
  between(first: number, last: number): (line: number) => NotedRow;
  ids(limit: number): Iterable<readonly string[]>;
}

export function notesOf(scratch: Scratch): Notes {
  let isEmpty = true;
  let isIndexed = false;
  return {
    add(patches) {
      isEmpty &&= patches.length === 0;
      scratch.transaction(() => {
        const upsert = scratch.sql(UPSERT);
        for (const { line, requestId, disposition, facts } of patches) {
          upsert.run(line, requestId ?? null, disposition ?? null, facts ?? null);
        }
      });
    },
    between(first, last) {
      if (isEmpty) return () => NOTHING;
      const select = scratch.sql('SELECT * FROM notes WHERE line BETWEEN ? AND ?');
      const rows = scratch.work(() => select.all(first, last));
      const noted = new Map(rows.map((row) => [Number(row['line']), notedOf(row)]));
      return (line) => noted.get(line) ?? NOTHING;
    },
    *ids(limit) {
      if (!isIndexed) scratch.work(() => scratch.sql(INDEX).run());
      isIndexed = true;
      for (let after = 0; ;) {
        const from = after;
        const rows = scratch.work(() => scratch.sql(IDS).all(from, limit));
        if (rows.length === 0) return;
        after = Number(rows.at(-1)?.['line']);
        yield rows.map((row) => String(row['request_id']));
      }
    },
  };
}

const UPSERT = `INSERT INTO notes (line, request_id, fate, facts) VALUES (?, ?, ?, ?)
  ON CONFLICT (line) DO UPDATE SET request_id = coalesce(excluded.request_id, request_id),
    fate = coalesce(excluded.fate, fate), facts = coalesce(excluded.facts, facts)`;

const INDEX = 'CREATE INDEX notes_by_request ON notes (request_id, line)';

const IDS = `SELECT line, request_id FROM notes AS here
  WHERE line > ? AND request_id IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM notes WHERE request_id = here.request_id AND line < here.line)
  ORDER BY line LIMIT ?`;

function notedOf(row: Record<string, unknown>): NotedRow {
  return {
    requestId: textOf(row['request_id']),
    disposition: FATES.find((disposition) => disposition === row['fate']) ?? null,
    facts: textOf(row['facts']),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
