import { isUtf8 } from 'node:buffer';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storeArtifact } from '../../src/files/artifact.ts';
import { blocks } from '../../src/files/content/blocks.ts';
import { Census } from '../../src/files/content/census.ts';
import { JsonScan } from '../../src/files/content/json-scan.ts';
import { Utf8Check } from '../../src/files/content/text.ts';
import { QUIET, body, sha256, target, tempFolder } from './stage.ts';

/** Cuts bytes into pieces of the given sizes, round and round. */
function* pieces(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** What the scanner and the census make of bytes that come in these pieces. */
function reading(bytes: Uint8Array, sizes: readonly number[]): unknown {
  const census = new Census(true);
  const scan = new JsonScan(census);
  for (const piece of pieces(bytes, sizes)) scan.feed(piece);
  const whole = scan.end();
  const { values, innerLines, structured, fault, offset } = scan;
  const told = { elements: census.elements, wordDepth: census.wordDepth };
  return { whole, values, innerLines, structured, fault, offset, ...told };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return false;
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
const TOKENS =
  '{ } [ ] : , " "a" "type" "message" "messages" \\ \\u00e é 😀 0 1 - . e E + true false null n'.split(
    ' ',
  );
const soup = fc
  .array(fc.constantFrom(...TOKENS, ' ', '\t', '\r', '\n', '\u0001', '\u2028'), { maxLength: 14 })
  .map((parts) => parts.join(''));
const json = fc.jsonValue({ maxDepth: 5 }).map((value) => JSON.stringify(value, null, 1));
const mangled = fc
  .tuple(
    fc.jsonValue({ maxDepth: 4 }),
    fc.nat(),
    fc.constantFrom('', ',', '"', '}', '\\', '1', '\n'),
  )
  .map(([value, at, put]) => {
    const text = JSON.stringify(value);
    return text.slice(0, at % text.length) + put + text.slice((at % text.length) + 1);
  });

describe('the scanner', () => {
  it.each([
    ['JSON', json],
    ['JSON with a fault', mangled],
    ['soup', soup],
  ])('agrees with JSON.parse on %s', (_name, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const scan = new JsonScan(new Census(true));
        scan.feed(Buffer.from(text));
        const one = scan.end() && scan.values === 1;
        const several = scan.fault === null && scan.values > 1;
        expect(several || one === isJson(text.toWellFormed())).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it('agrees with JSON.parse line by line', () => {
    const lines = fc.array(fc.oneof(fc.json({ maxDepth: 2 }), soup), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(lines, (texts) => {
        const all = texts
          .join('\n')
          .toWellFormed()
          .split('\n')
          .filter((line) => /[^ \t\r]/v.test(line));
        const scan = new JsonScan(new Census(false));
        scan.feed(Buffer.from(all.join('\n')));
        const asLines = scan.end() && scan.innerLines === 0;
        expect(asLines ? scan.values : 'no').toBe(all.every(isJson) ? all.length : 'no');
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads the same from any pieces', () => {
    fc.assert(
      fc.property(fc.oneof(json, mangled, soup), sizes, (text, cuts) => {
        const bytes = Buffer.from(text);
        expect(reading(bytes, cuts)).toEqual(reading(bytes, [bytes.length]));
      }),
      { numRuns: 2_000 },
    );
  });
});

it('UTF-8 is judged the same from any pieces', () => {
  const byte = fc.constantFrom(...Buffer.from('4180bfc1c3a9e0e6edf09ff4f5ff', 'hex'));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.array(byte, { maxLength: 8 }).map((list) => Uint8Array.from(list)),
    fc.string({ unit: 'binary' }).map((text) => new Uint8Array(Buffer.from(text))),
  );
  fc.assert(
    fc.property(bytes, sizes, (all, cuts) => {
      const check = new Utf8Check();
      const good = [...pieces(all, cuts)].every((piece) => check.feed(piece)) && check.end();
      expect(good).toBe(isUtf8(all));
    }),
    { numRuns: 5_000 },
  );
});

describe('blocks', () => {
  it('gather small pieces and cut large ones, losing none', async () => {
    const all = Buffer.alloc(850_000, 'abcdefghijk');
    for (const piece of [997, 65_536, 262_144, 850_000]) {
      const got: Buffer[] = [];
      for await (const block of blocks(body(all, piece), QUIET)) got.push(Buffer.from(block));
      expect(got.map((block) => block.length)).toEqual([262_144, 262_144, 262_144, 63_568]);
      expect(Buffer.concat(got).equals(all)).toBe(true);
    }
  });
});

it.each([1, 2, 3, 7, 4096])('a file is stored the same from pieces of %i bytes', async (piece) => {
  const text = `\uFEFF{"type":"user","name":"Zoë 日本 😀 \\ud83d"}\n{"n":[1.5e-3,-0,"\\n"]}\n`
    .repeat(50)
    .replaceAll('\uFEFF', '');
  const store = (size: number): Promise<unknown> =>
    storeArtifact(target(join(tempFolder(), 'b')), body(`\uFEFF${text}`, size), null, QUIET);
  expect(await store(piece)).toEqual(await store(1_000_000));
});

it('reads a file longer than a block, with characters across its borders', async () => {
  const line = `{"type":"user","text":"${'日本😀é'.repeat(100)}"}\n`;
  const text = line.repeat(2_000);
  const stored = await storeArtifact(
    target(join(tempFolder(), 'b')),
    body(text, 1_000),
    Buffer.byteLength(text),
    QUIET,
  );
  expect(stored).toMatchObject({ artifact: { format: 'jsonl', records: 2_000 } });
});

it('hashes a large file the same, beside', async () => {
  const text = `{"type":"user","text":"${'日本😀é'.repeat(100)}"}\n`.repeat(14_000);
  const bytes = Buffer.byteLength(text);
  expect(bytes).toBeGreaterThan(16 * 1024 * 1024);
  const stored = await storeArtifact(
    target(join(tempFolder(), 'b')),
    body(text, 100_003),
    bytes,
    QUIET,
  );
  expect(stored).toMatchObject({ artifact: { bytes, sha256: sha256(text), records: 14_000 } });
});

it('leaves no thread behind when a large file fails', async () => {
  const store = storeArtifact(target(join(tempFolder(), 'b')), body('{"cut":'), 20_000_000, QUIET);
  expect(await store).toMatchObject({ error: { code: 'file_short' } });
});
