import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LedgerEvent, eventHash } from '../../src/ledger/audit-log/event.ts';
import { canonicalJson, digest, fingerprint } from '../../src/ledger/canonical.ts';

/** What versions 1 to 3 wrote: the hashes that stand in ledgers were made from it. */
function asBefore(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'string') return inner.toWellFormed();
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
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
