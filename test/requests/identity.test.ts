import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { rowIdentity } from '../../src/requests/identity.ts';
import { planErase } from '../../src/requests/plan/erase.ts';
import { planExport } from '../../src/requests/plan/plan.ts';
import { planRestore } from '../../src/requests/plan/restore.ts';
import type { PlannedRequest, PlannedStep } from '../../src/requests/request.ts';
import {
  AT_SENDBIRD,
  AT_STREAM,
  type EraseParts,
  INTAKE,
  eraseWish,
  presence,
  seen,
  subject,
} from './proposals.ts';

const OWN = { reference: 'ZD-1', receivedOn: '2026-11-01' };
const NOTHING = { sightings: new Map(), earlier: () => null };

function only(requests: readonly PlannedRequest[]): PlannedRequest {
  const [request] = requests;
  if (request === undefined) throw new Error('nothing is planned');
  return request;
}

function erase(parts: EraseParts = {}, id = '1'): PlannedRequest {
  return only(planErase(eraseWish(parts), NOTHING, () => id).requests);
}

function restore(found: ReadonlyMap<'stream', ReturnType<typeof seen>> = new Map()) {
  const targets = [AT_STREAM, AT_SENDBIRD];
  const wish = { subjects: [subject('ada')], targets, details: INTAKE, erasures: [] };
  return only(planRestore({ ...wish, sightings: found }, () => '1').requests);
}

/** The identity of an erase at Sendbird with these options. */
function withOptions(options: PlannedStep['options']): string {
  const { steps, ...rest } = erase({ targets: [AT_SENDBIRD] });
  return rowIdentity({ ...rest, steps: steps.map((step) => ({ ...step, options })) }, OWN);
}

describe('rowIdentity', () => {
  const first = { exportFirst: true };
  const before: EraseParts = { mode: 'hard' };
  test.each<[string, EraseParts, EraseParts]>([
    ['mode', {}, { mode: 'pruning' }],
    ['messages', {}, { flags: { messages: 'hard' } }],
    ['files', {}, { flags: { files: true } }],
    ['a new owner', before, { mode: 'hard', flags: { new_channel_owner_id: 'bob' } }],
    ['channels', {}, { channels: 'all' }],
    ['an export first', {}, first],
    ['a partial export will do', first, { ...first, acceptPartial: true }],
    ['another account', {}, { targets: [{ ...AT_STREAM, account: 'stream:b@x' }, AT_SENDBIRD] }],
    ['fewer accounts', {}, { targets: [AT_STREAM] }],
    ['a user id', {}, { subjects: [subject('ada', { userId: 'Ada' })] }],
    ['an id at Stream', {}, { subjects: [subject('ada', { streamId: 'a2' })] }],
    ['an id at Sendbird', {}, { subjects: [subject('ada', { sendbirdId: 'a2' })] }],
    ['no id at Sendbird', {}, { subjects: [subject('ada', { sendbirdId: null })] }],
    [
      'ids changed over',
      { subjects: [subject('x', { streamId: 'a', sendbirdId: 'b' })] },
      { subjects: [subject('x', { streamId: 'b', sendbirdId: 'a' })] },
    ],
  ])('tells apart: %s', (_, one, other) => {
    expect(rowIdentity(erase(other), OWN)).not.toBe(rowIdentity(erase(one), OWN));
  });

  it.each([
    ['reference', { reference: 'ZD-2' }],
    ['no reference', { reference: null }],
    ['the word null', { reference: 'null' }],
    ['day', { receivedOn: '2026-11-02' }],
    ['no day', { receivedOn: null }],
    ['one for the other', { reference: OWN.receivedOn, receivedOn: OWN.reference }],
  ])('tells apart: %s', (_, own) => {
    expect(rowIdentity(erase(), { ...OWN, ...own })).not.toBe(rowIdentity(erase(), OWN));
  });

  it('tells actions apart', () => {
    const plan = planExport([subject('ada')], [AT_STREAM, AT_SENDBIRD], INTAKE, () => '1');
    const texts = [erase(), restore(), only(plan.requests)].map((each) => rowIdentity(each, OWN));
    expect(new Set(texts).size).toBe(3);
  });

  it('is the same in the next run: ids of requests, dates of their own, who asks and where to', () => {
    const details = {
      ...INTAKE,
      operator: 'joe',
      outDir: '/b',
      dueOn: '2027-01-01',
      reference: 'x',
    };
    expect(rowIdentity(erase({ details, ...first }, '7'), OWN)).toBe(
      rowIdentity(erase(first), OWN),
    );
  });

  it('is the same whatever the look-up has shown', () => {
    const visible = new Map([['stream' as const, seen({ ids: { ada: presence() } })]]);
    expect(rowIdentity(restore(visible), OWN)).toBe(rowIdentity(restore(), OWN));
  });

  it('does not mind the order of options and steps, nor an option that is not set', () => {
    const value = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.constant(null));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), fc.string(), (options, unset) => {
        fc.pre(!(unset in options));
        const { steps, ...rest } = erase();
        const given = steps.map((step) => ({ ...step, options }));
        const turned = given
          .map((step) => ({
            ...step,
            options: Object.fromEntries([
              [unset, undefined],
              ...Object.entries(options).toReversed(),
            ]),
          }))
          .toReversed();
        expect(rowIdentity({ ...rest, steps: turned }, OWN)).toBe(
          rowIdentity({ ...rest, steps: given }, OWN),
        );
      }),
    );
  });

  it('minds any difference of an option', () => {
    const value = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.constant(null));
    const key = fc.constantFrom('a', 'b', '"', '":', 'a","b');
    const some = fc.dictionary(key, value);
    fc.assert(
      fc.property(some, some, (one, other) => {
        const isSame =
          Object.keys(one).length === Object.keys(other).length &&
          Object.entries(one).every(
            ([name, each]) => name in other && Object.is(other[name], each),
          );
        expect(withOptions(one) === withOptions(other)).toBe(isSame);
      }),
      { numRuns: 1_000 },
    );
  });
});
