import { describe, expect, onTestFinished, test } from 'vitest';
import type { Roster, RosterRow } from '../../src/roster/roster.ts';
import { namedRoster } from '../../src/roster/named-roster.ts';
import { allOf, rosterOf } from './stage.ts';

const IDS = Array.from({ length: 1_200 }, (_, at) => `u${at}`);

function named(): Roster {
  const roster = namedRoster(IDS.map((id) => ({ userId: id, streamId: id, sendbirdId: null })));
  onTestFinished(() => roster.close());
  return roster;
}

const fromCsv = (): Promise<Roster> => rosterOf(`user_id\n${IDS.join('\n')}\n`);

function isSkipped({ line, requestId, fate }: RosterRow): boolean {
  return requestId === `req_${line}` && fate === 'skipped';
}

function noted({ line, requestId, fate, facts }: RosterRow): unknown[] {
  return [line, requestId, fate, facts];
}

describe.each([
  ['a CSV', fromCsv, 2],
  ['named users', async () => named(), 1],
])('the roster of %s', (_, make, first) => {
  test('pages hold at most so many rows, in order, and all of them', async () => {
    const roster = await make();
    for (const limit of [1, 7, 100, 500, 5_000]) {
      const pages = [...roster.pages(limit)];
      expect(pages.every(({ length }) => length > 0 && length <= limit)).toBe(true);
      expect(pages.flat().map(({ line }) => line)).toEqual(IDS.map((__, at) => at + first));
    }
    expect(roster.size).toBe(IDS.length);
    expect(roster.columns).toEqual(['user_id']);
  });

  test('remembers what became of a row, piece by piece', async () => {
    const roster = await make();
    roster.note([
      { line: first, requestId: 'req_1', fate: 'recorded' },
      { line: first + 700, facts: '{"a":1}' },
    ]);
    roster.note([{ line: first, facts: '[]' }]);
    roster.note([{ line: first + 700, requestId: 'req_2', fate: 'carried' }]);
    roster.note([]);
    const rows = allOf(roster).filter(({ facts }) => facts !== null);
    expect(rows.map(noted)).toEqual([
      [first, 'req_1', 'recorded', '[]'],
      [first + 700, 'req_2', 'carried', '{"a":1}'],
    ]);
  });

  test('notes may be made during a walk, and are seen by the next', async () => {
    const roster = await make();
    let rows = 0;
    for (const page of roster.pages(100)) {
      rows += page.length;
      roster.note(
        page.map(({ line }) => ({ line, requestId: `req_${line}`, fate: 'skipped' as const })),
      );
    }
    expect(rows).toBe(IDS.length);
    expect(allOf(roster).every(isSkipped)).toBe(true);
    expect([...roster.ids(90)].flat()).toEqual(IDS.map((__, at) => `req_${at + first}`));
  });

  test('hands out request ids once each, in the order of the rows', async () => {
    const roster = await make();
    expect([...roster.ids(2)]).toEqual([]);
    roster.note([
      { line: first + 9, requestId: 'req_c' },
      { line: first + 1, requestId: 'req_a' },
      { line: first + 5, requestId: 'req_b' },
      { line: first + 7, requestId: 'req_a' },
      { line: first + 8, fate: 'skipped' },
    ]);
    expect([...roster.ids(2)]).toEqual([['req_a', 'req_b'], ['req_c']]);
    expect([...roster.ids(500)]).toEqual([['req_a', 'req_b', 'req_c']]);
  });

  test('two walks do not disturb each other', async () => {
    const roster = await make();
    const one = roster.pages(400)[Symbol.iterator]();
    one.next();
    expect(allOf(roster)).toHaveLength(IDS.length);
    expect(one.next().value?.[0]?.line).toBeGreaterThan(first + 300);
  });
});

test('named users keep the ids they came with', () => {
  expect(allOf(named())[3]?.subject).toEqual({ userId: 'u3', streamId: 'u3', sendbirdId: null });
  expect(named().notices).toEqual([]);
});
