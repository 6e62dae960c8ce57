import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Summary, type Unfinished, summaryLines } from '../../../src/report/ending/summary.ts';
import { REQUEST_STATES } from '../../../src/requests/request.ts';
import { emptyTally } from '../../../src/requests/state.ts';

function lines(more: Partial<Summary> = {}): string[] {
  return summaryLines({
    tally: { ...emptyTally(), completed: 2 },
    skipped: 0,
    onWord: 0,
    calls: new Map(),
    lasted: 24_000,
    limited: 0,
    places: [],
    unfinished: { first: [], number: 0 },
    again: null,
    ...more,
  });
}

function failed(userId: string, more: Partial<Unfinished> = {}): Unfinished {
  return { userId, state: 'failed', reason: 'Stream account: it says no', ...more };
}

describe('the summary of a batch', () => {
  it('says how it ended, with how many calls, how long, why so long, and where things are', () => {
    expect(
      lines({
        tally: { ...emptyTally(), open: 346, completed: 1_204, partial: 1, failed: 2 },
        skipped: 12,
        calls: new Map([
          ['stream', 2_511],
          ['sendbird', 16],
        ]),
        lasted: 754_000,
        limited: 603_200,
        places: [
          { what: 'Results', path: 'r.csv' },
          { what: 'Ledger', path: '/var/lib/gdpr' },
        ],
        unfinished: {
          first: [
            failed('ada'),
            failed('grace-hopper', { state: 'partial', reason: 'Sendbird account: still visible' }),
          ],
          number: 349,
        },
        again: 'gdpr erase --csv leavers.csv --hard --yes --max-subjects 2000 --results r.csv',
      }).join('\n'),
    ).toMatchInlineSnapshot(`
      "Summary   1,565 people: 1,204 completed, 346 open, 1 partial, 2 failed and 12
                skipped (settled before)
      Calls     Stream 2,511, Sendbird 16
      Time      13 min, 80% of it waiting for rate limits
      Results   r.csv
      Ledger    /var/lib/gdpr
      Not completed:
        ada           failed     Stream account: it says no
        grace-hopper  partial    Sendbird account: still visible
        and 347 people more
      Again     gdpr erase --csv leavers.csv --hard --yes --max-subjects 2000 --results r.csv"
    `);
  });

  it('counts those who are done on the word of a provider alone', () => {
    const some = { tally: { ...emptyTally(), completed: 3, not_found: 1 }, onWord: 1 };
    expect(lines(some).join(' ').replaceAll(/\s+/g, ' ')).toContain(
      "4 people: 3 completed (1 on a provider's word: check the id) and 1 not found",
    );
    expect(
      lines({ ...some, onWord: 2 })
        .join(' ')
        .replaceAll(/\s+/g, ' '),
    ).toContain("3 completed (2 on a provider's word: check the ids)");
  });

  it('names what was skipped, and counts it among the people', () => {
    expect(lines({ skipped: 3 })[0]).toBe(
      'Summary   5 people: 2 completed and 3 skipped (settled before)',
    );
    expect(lines()[0]).toBe('Summary   2 people: 2 completed');
    expect(lines({ tally: { ...emptyTally(), not_found: 1 } })[0]).toBe(
      'Summary   1 person: 1 not found',
    );
  });

  it.each([
    [10_000, 0, '10 s, 0% of it waiting for rate limits'],
    [10_000, 20, '10 s, less than 1% of it waiting for rate limits'],
    [10_000, 4_000, '10 s, 40% of it waiting for rate limits'],
    [10_000, 11_000, '10 s, 100% of it waiting for rate limits'],
    [0, 0, '0.0 s, 0% of it waiting for rate limits'],
  ])('of %i ms, %i of them limited: %s', (lasted, limited, said) => {
    expect(lines({ lasted, limited })).toContain(`Time      ${said}`);
  });

  it('says that no call was made', () => {
    expect(lines()).toContain('Calls     none');
  });

  it('keeps to 80 columns, one line a person, with nothing raw', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ userId: text, state: fc.constantFrom(...REQUEST_STATES) }), {
          minLength: 1,
          maxLength: 20,
        }),
        (people) => {
          const first = people.map(({ userId, state }) =>
            failed(userId, { state, reason: 'x'.repeat(99) }),
          );
          const said = lines({ unfinished: { first, number: first.length } });
          const from = said.indexOf('Not completed:') + 1;
          expect(said.length - from).toBe(first.length);
          for (const line of said) {
            expect(Array.from(line).length).toBeLessThanOrEqual(80);
            expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('breaks neither a path nor a command', () => {
    const path = `/srv/${'long folder/'.repeat(12)}r.csv`;
    const again = `gdpr erase --csv '${'a b '.repeat(40)}.csv'`;
    const said = lines({ places: [{ what: 'Results', path }], again });
    expect(said).toContain(`Results   ${path}`);
    expect(said.at(-1)).toBe(`Again     ${again}`);
  });
});
