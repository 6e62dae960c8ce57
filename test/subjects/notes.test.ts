import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type PlannedRow,
  type SubjectRow,
  type SubjectTable,
  namedSubjects,
} from '../../src/subjects/subjects.ts';
import { INTAKE } from '../requests/proposals.ts';
import { allOf, subjectTableOf } from './stage.ts';

const IDS = Array.from({ length: 1_200 }, (_, at) => `u${at}`);

function named(): SubjectTable {
  const subjectTable = namedSubjects(
    IDS.map((id) => ({ userId: id, streamId: id, sendbirdId: null })),
    null,
  );
  onTestFinished(() => subjectTable.close());
  return subjectTable;
}

const fromCsv = (): Promise<SubjectTable> => subjectTableOf(`user_id\n${IDS.join('\n')}\n`);

function isSkipped({ line, requestId, disposition }: SubjectRow): boolean {
  return requestId === `req_${line}` && disposition === 'skipped';
}

function noted({ line, requestId, disposition }: SubjectRow): unknown[] {
  return [line, requestId, disposition];
}

/** What is planned for the subject of a line. */
function plannedAs(id: string): PlannedRow {
  const subject = { userId: id, streamId: id, sendbirdId: null };
  const request = { id: `req_${id}`, action: 'export', mode: null, subject, ...INTAKE, steps: [] };
  return { request: { ...request, action: 'export' }, found: [] };
}

describe.each([
  ['a CSV', fromCsv, 2],
  ['named users', async () => named(), 1],
])('the subject table of %s', (_, make, first) => {
  test('pages hold at most so many rows, in order, and all of them', async () => {
    const subjectTable = await make();
    for (const limit of [1, 7, 100, 500, 5_000]) {
      const pages = [...subjectTable.pages(limit)];
      expect(pages.every(({ length }) => length > 0 && length <= limit)).toBe(true);
      expect(pages.flat().map(({ line }) => line)).toEqual(IDS.map((__, at) => at + first));
    }
    expect(subjectTable.size).toBe(IDS.length);
    expect(subjectTable.columns).toEqual(['user_id']);
  });

  test('remembers what became of a row, piece by piece', async () => {
    const subjectTable = await make();
    const [one, other] = [plannedAs('one'), plannedAs('other')];
    subjectTable.note([
      { line: first, requestId: 'req_1', disposition: 'recorded' },
      { line: first + 700, planned: other },
    ]);
    subjectTable.note([{ line: first, planned: one }]);
    subjectTable.note([{ line: first + 700, requestId: 'req_2', disposition: 'carried' }]);
    subjectTable.note([]);
    const all = allOf(subjectTable);
    expect(all.filter(({ requestId }) => requestId !== null).map(noted)).toEqual([
      [first, 'req_1', 'recorded'],
      [first + 700, 'req_2', 'carried'],
    ]);
    expect(subjectTable.planned(all)).toEqual([one, other]);
    expect(subjectTable.planned(all.slice(1, 700))).toBeNull();
    expect(subjectTable.planned(all.slice(700))).toEqual([other]);
  });

  test('notes may be made during a walk, and are seen by the next', async () => {
    const subjectTable = await make();
    let rows = 0;
    for (const page of subjectTable.pages(100)) {
      rows += page.length;
      subjectTable.note(
        page.map(({ line }) => ({
          line,
          requestId: `req_${line}`,
          disposition: 'skipped' as const,
        })),
      );
    }
    expect(rows).toBe(IDS.length);
    expect(allOf(subjectTable).every(isSkipped)).toBe(true);
    expect([...subjectTable.ids(90)].flat()).toEqual(IDS.map((__, at) => `req_${at + first}`));
  });

  test('hands out request ids once each, in the order of the rows', async () => {
    const subjectTable = await make();
    expect([...subjectTable.ids(2)]).toEqual([]);
    subjectTable.note([
      { line: first + 9, requestId: 'req_c' },
      { line: first + 1, requestId: 'req_a' },
      { line: first + 5, requestId: 'req_b' },
      { line: first + 7, requestId: 'req_a' },
      { line: first + 8, disposition: 'skipped' },
    ]);
    expect([...subjectTable.ids(2)]).toEqual([['req_a', 'req_b'], ['req_c']]);
    expect([...subjectTable.ids(500)]).toEqual([['req_a', 'req_b', 'req_c']]);
  });

  test('two walks do not disturb each other', async () => {
    const subjectTable = await make();
    const one = subjectTable.pages(400)[Symbol.iterator]();
    one.next();
    expect(allOf(subjectTable)).toHaveLength(IDS.length);
    expect(one.next().value?.[0]?.line).toBeGreaterThan(first + 300);
  });
});

test('named users keep the ids they came with', () => {
  expect(allOf(named())[3]?.subject).toEqual({ userId: 'u3', streamId: 'u3', sendbirdId: null });
  expect(named().notices).toEqual([]);
});
