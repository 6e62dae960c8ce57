import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LedgerEvent,
  digest,
  eventHash,
  fingerprint,
} from '../../src/ledger/audit-log/event.ts';
import { canonicalJson } from '../../src/requests/canonical.ts';

/** What versions 1 to 3 wrote: the hashes that stand in ledgers were made from it. */
function asBefore(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'string') return inner.toWellFormed();
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** What version 4 took the SHA-256 of, for the row of a CSV: keys were sorted together with their values. */
function rowAsBefore(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(rowAsBefore).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([name, each]) => `${JSON.stringify(name)}:${rowAsBefore(each)}`);
  return `{${members.toSorted().join(',')}}`;
}

const text = fc.string({ unit: 'binary' });
const half = fc.constantFrom('\uD800', 'a\uDC00b', '\n"\\');
const key = fc.oneof(text, fc.constantFrom('10', '9', '01', 'b', 'a', '4294967295', '4294967294'));
const leaf = fc.oneof(text, half, fc.double(), fc.boolean(), fc.constantFrom(null, undefined));
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, leaf, tie('list'), tie('object')),
  list: fc.array(tie('any'), { maxLength: 4 }),
  object: fc.dictionary(key, tie('any'), { maxKeys: 6 }),
})).object;

describe('canonicalJson', () => {
  it('spells every value as the ledgers of old have it', () => {
    fc.assert(
      fc.property(value, (one) => {
        expect(canonicalJson(one)).toBe(asBefore(one));
      }),
    );
    expect(canonicalJson({ b: 1, 10: 2, 9: [undefined, 3], a: undefined })).toBe(
      '{"9":[null,3],"10":2,"b":1}',
    );
  });

  it('spells what is of a row, whose options have names of letters, as version 4 did', () => {
    const name = fc.stringMatching(/^[a-z][a-z_]{0,30}$/);
    const option = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.boolean(),
      fc.integer(),
      fc.constantFrom(null, undefined),
    );
    const options = fc.dictionary(name, fc.oneof(option, fc.dictionary(name, option)));
    fc.assert(
      fc.property(fc.array(fc.oneof(option, options)), (row) => {
        expect(canonicalJson(row)).toBe(rowAsBefore(row));
      }),
    );
  });

  it('has SHA-256 of its UTF-8 as the fingerprint', () => {
    expect(digest('ä')).toBe(createHash('sha256').update('ä', 'utf8').digest('hex'));
    expect(fingerprint('ä')).toBe(`sha256:${digest('ä')}`);
  });
});

describe('eventHash', () => {
  it('is over the canonical text of the event', () => {
    const id = fc.oneof(text, half);
    const some = fc.option(id);
    const event: fc.Arbitrary<LedgerEvent> = fc.record({
      requestId: id,
      sequence: fc.nat(),
      at: fc.nat(),
      kind: fc.constantFrom('intake', 'step', 'artifact', 'check'),
      stepId: some,
      state: fc.constantFrom(null, 'open', 'planned', 'not_visible'),
      callId: some,
      taskId: some,
      errorCode: some,
      ordinal: fc.option(fc.nat()),
      sha256: some,
      bytes: fc.option(fc.nat()),
    });
    fc.assert(
      fc.property(event, text, (one, previous) => {
        expect(eventHash(previous, one)).toBe(fingerprint(`${previous}\n${asBefore(one)}`));
      }),
    );
  });
});
