import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { eraseTotals, planErase } from '../../../src/requests/plan/erase.ts';
import { planExport } from '../../../src/requests/plan/plan.ts';
import { planRestore, restoreTotals } from '../../../src/requests/plan/restore.ts';
import { type Known, type PlanTotals, exportTotals } from '../../../src/requests/plan/totals.ts';
import type { Subject } from '../../../src/requests/request.ts';
import {
  AT_SENDBIRD,
  AT_STREAM,
  type EraseParts,
  INTAKE,
  TEMPO,
  counting,
  eraseWish,
  presence,
  seen,
  sightings,
  subject,
} from '../proposals.ts';

const KNOWN: Known = { owners: new Map(), tempo: TEMPO };
const MODES = ['soft', 'pruning', 'hard'] as const;

/** Somebody with an account at one provider at least; some ids are odd. */
const people = fc.uniqueArray(
  fc
    .tuple(fc.constantFrom('ada', 'a b', 'ü'), fc.nat(999), fc.constantFrom('both', 'one', 'other'))
    .map(([name, number, where]): Subject => {
      const id = `${name}${number}`;
      if (where === 'both') return subject(id);
      return subject(id, where === 'one' ? { streamId: null } : { sendbirdId: null });
    }),
  { selector: ({ userId }) => userId, minLength: 1, maxLength: 60 },
);

/** The same people on pages of this size. */
function paged(subjects: readonly Subject[], size: number): readonly (readonly Subject[])[] {
  const number = Math.ceil(subjects.length / size);
  return Array.from({ length: number }, (_, page) =>
    subjects.slice(page * size, (page + 1) * size),
  );
}

/** Half of them are there, at Stream; the first was erased before. */
const facts = {
  sightings: sightings(
    {
      presence: new Map(
        Array.from({ length: 1_000 }, (_, index) => [
          `ada${index}`,
          presence({ visible: index % 2 === 0 }),
        ]),
      ),
      feeds: new Set(['ada2', 'ada4']),
    },
    seen({ ids: {} }),
  ),
  earlier: (_account: string, _operation: string, id: string) => (id === 'ada1' ? 'req_0' : null),
};

function erased(pages: readonly (readonly Subject[])[], parts: EraseParts = {}): PlanTotals {
  const totals = eraseTotals(eraseWish(parts));
  const newId = counting();
  for (const subjects of pages)
    totals.add(planErase(eraseWish({ ...parts, subjects }), facts, newId));
  return totals;
}

describe('a digest', () => {
  it('comes to the same however its people are put on pages', () => {
    fc.assert(
      fc.property(people, fc.integer({ min: 1, max: 20 }), (subjects, size) => {
        const inPages = erased(paged(subjects, size), { mode: 'hard' }).preview(KNOWN);
        const atOnce = erased([subjects], { mode: 'hard' }).preview(KNOWN);
        expect(inPages).toEqual(atOnce);
      }),
    );
  });

  it('of people whom nobody looked up is what planning them would give', () => {
    const looked = { sightings: new Map(), earlier: () => null };
    fc.assert(
      fc.property(people, fc.constantFrom(...MODES), fc.boolean(), (subjects, mode, first) => {
        const wish = eraseWish({ subjects, mode, exportFirst: first });
        const planned = eraseTotals(wish);
        planned.add(planErase(wish, looked, counting()));
        const unseen = eraseTotals(wish);
        for (const page of paged(subjects, 7)) unseen.addUnseen(page);
        const { findings, ...rest } = planned.preview(KNOWN);
        expect(unseen.preview(KNOWN)).toEqual({ ...rest, findings: { ...findings, only: [] } });
      }),
    );
  });

  it('of a restore and of an export likewise', () => {
    const targets = [AT_STREAM, AT_SENDBIRD];
    fc.assert(
      fc.property(people, (subjects) => {
        const wish = { subjects, targets, details: INTAKE, sightings: new Map(), erasures: [] };
        const restored = restoreTotals(targets, INTAKE.profile);
        const unseen = restoreTotals(targets, INTAKE.profile);
        restored.add(planRestore(wish, counting()));
        unseen.addUnseen(subjects);
        const { findings, ...rest } = restored.preview(KNOWN);
        expect(unseen.preview(KNOWN)).toEqual({ ...rest, findings: { ...findings, only: [] } });

        const [exported, quick] = [exportTotals(targets), exportTotals(targets)];
        exported.add(planExport(subjects, targets, INTAKE, counting()));
        quick.addUnseen(subjects);
        expect(quick.sum()).toEqual(exported.sum());
      }),
    );
  });

  it('keeps counts and the first twenty, not everybody', () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `a b ${index}`);
    const nobody = new Map(ids.map((id) => [id, presence({ visible: false })]));
    const totals = eraseTotals(eraseWish());
    for (const page of paged(
      ids.map((id) => subject(id)),
      500,
    )) {
      const shown = {
        sightings: sightings({ presence: nobody, feeds: null }),
        earlier: () => 'req_0',
      };
      totals.add(planErase(eraseWish({ subjects: page }), shown, counting()));
    }
    const { findings, warnings, ...rest } = totals.preview(KNOWN);
    expect(warnings).toMatchObject({ number: 5_000 });
    expect(warnings.first).toHaveLength(20);
    expect(findings.places.get('stream')).toMatchObject({ asked: 5_000, visible: 0 });
    expect(findings.places.get('stream')?.absent).toMatchObject({
      number: 5_000,
      first: ids.slice(0, 20),
    });
    expect(findings.earlier).toMatchObject({ number: 10_000, first: { length: 20 } });
    expect(rest.subjects).toBe(5_000);
    expect(rest.calls.get('delete_users')).toBe(50);
    expect(
      inspect({ ...rest, findings, warnings }, { depth: 9, maxArrayLength: null }).length,
    ).toBeLessThan(20_000);
  });

  it('names the only subject, with all that was found, and nobody of several', () => {
    const one = erased([[subject('ada2')]]).preview(KNOWN);
    expect(one.only?.userId).toBe('ada2');
    expect(one.findings.only).toMatchObject([
      { provider: 'stream', feeds: 'visible', presence: { visible: true } },
      { provider: 'sendbird' },
    ]);
    const two = erased([[subject('ada2')], [subject('ada4')]]).preview(KNOWN);
    expect(two).toMatchObject({ only: null, findings: { only: [] }, subjects: 2 });
  });

  it('adds up what was found', () => {
    const subjects = ['ada1', 'ada2', 'ada3', 'ada4'].map((id) => subject(id));
    const { findings, looked } = erased(paged(subjects, 3)).preview(KNOWN);
    expect(looked).toBe(true);
    expect(findings.places.get('stream')).toEqual({
      asked: 4,
      visible: 2,
      absent: { first: ['ada1', 'ada3'], number: 2 },
    });
    expect(findings.feeds).toEqual({ asked: 4, visible: 2, uncheckable: 0 });
    expect(findings.people.first.map(({ userId }) => userId)).toEqual(['ada2', 'ada4']);
    expect(findings.earlier).toMatchObject({
      number: 2,
      first: [{ subjectId: 'ada1', provider: 'stream' }, { provider: 'sendbird' }],
    });
    expect(findings.unseen).toBe(6);
  });

  it('was looked up if any of it was', () => {
    const totals = erased([[subject('ada')]]);
    const blind = { sightings: new Map(), earlier: () => null };
    totals.add(planErase(eraseWish({ subjects: [subject('grace')] }), blind, counting()));
    expect(totals.preview(KNOWN).looked).toBe(true);
  });

  it('says what all pages do together, and needs what the worst of them needs', () => {
    const mixed = [[subject('x', { sendbirdId: null })], [subject('y', { streamId: null })]];
    const chat = { ...AT_STREAM, operations: ['export_users'] as const };
    const parts = { targets: [chat, AT_SENDBIRD] };
    const { needs, effects } = erased(mixed, parts).preview(KNOWN);
    expect(new Set(effects.map(({ provider }) => provider))).toEqual(
      new Set(['stream', 'sendbird']),
    );
    expect(needs).toBe('typed');
    expect(erased(mixed.slice(0, 1), parts).preview(KNOWN).needs).toBe('answered');
  });

  it('keeps the first refusals, and counts the others', () => {
    const totals = erased([[subject('ada')]]);
    for (let page = 0; page < 30; page += 1) totals.refuse([{ message: `no ${page}`, next: '' }]);
    const { refusals } = totals.preview(KNOWN);
    expect([refusals.number, refusals.first.length]).toEqual([30, 20]);
  });

  it('that is asked before its last page is not changed by what comes after', () => {
    const totals = erased([[subject('ada 1')]]);
    const before = totals.preview(KNOWN);
    const copy = structuredClone(before);
    totals.addUnseen([subject('ada 2')]);
    expect(before).toEqual(copy);
  });
});

describe('what a row says for itself', () => {
  const own = [
    { reference: 'ZD-1', receivedOn: '2026-10-01', dueOn: '2026-11-02' },
    { reference: null, receivedOn: '2026-10-02', dueOn: '2026-11-03' },
  ];
  const subjects = [subject('ada'), subject('grace')];
  const targets = [AT_STREAM];
  const facts0 = { sightings: new Map(), earlier: () => null };
  test.each([
    ['an export', () => planExport(subjects, targets, INTAKE, counting(), own)],
    ['an erase', () => planErase(eraseWish({ subjects, own }), facts0, counting())],
    [
      'a restore',
      () =>
        planRestore(
          { subjects, own, targets, details: INTAKE, sightings: new Map(), erasures: [] },
          counting(),
        ),
    ],
  ])('is what its request says: %s', (_, plan) => {
    const { requests } = plan();
    expect(
      requests.map(({ reference, receivedOn, dueOn }) => ({ reference, receivedOn, dueOn })),
    ).toEqual(own);
    expect(requests.every(({ profile }) => profile === INTAKE.profile)).toBe(true);
  });
});
