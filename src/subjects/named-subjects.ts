import type { Subject } from '../requests/request.ts';
import type { SubjectTable, SubjectRow } from './subjects.ts';

/** The users of a command line, which bounds their number: their subjectTable is kept in memory. */
export function namedSubjects(subjects: readonly Subject[]): SubjectTable {
  const rows = subjects.map((subject, index): SubjectRow => ({
    line: index + 1,
    subject,
    reference: null,
    receivedOn: null,
    requestId: null,
    disposition: null,
    facts: null,
  }));
  return {
    size: rows.length,
    notices: [],
    columns: ['user_id'],
    *pages(limit) {
      yield* slices(() => rows, limit);
    },
    note(patches) {
      for (const { line, ...patch } of patches) {
        const before = rows[line - 1];
        if (before !== undefined) rows[line - 1] = { ...before, ...patch };
      }
    },
    *ids(limit) {
      const ids = rows.flatMap(({ requestId }) => requestId ?? []);
      yield* slices(() => [...new Set(ids)], limit);
    },
    close() {},
  };
}

/** What was noted of later rows meanwhile is seen. */
function* slices<T>(all: () => readonly T[], limit: number): Generator<readonly T[]> {
  for (let at = 0; at < all().length; at += limit) yield all().slice(at, at + limit);
}
