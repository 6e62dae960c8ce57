import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { storeArtifact } from '../../src/files/artifact.ts';
import { QUIET, listing, sha256, target, tempFolder } from './stage.ts';

/* From 16 MiB on a file is hashed and read by threads of their own, a block behind. */

const PIECE = Buffer.from(`{"type":"reaction","note":"${'é'.repeat(470)}"}\n`.repeat(2_000));
const LINE = PIECE.length / 2_000;
const PIECES = 10;
const BYTES = PIECE.length * PIECES;

/** The file, piece by piece, with one piece put in the place of another; `asked` counts them. */
function bodyWith(at: number, other: Uint8Array, asked: { pieces: number }) {
  return (async function* pieces() {
    for (let index = 0; index < PIECES; index += 1) {
      asked.pieces += 1;
      yield index === at ? other : PIECE;
    }
  })();
}

/** A piece with one byte changed. */
function spoilt(at: number, byte: number): Uint8Array {
  const bytes = Uint8Array.from(PIECE);
  bytes[at] = byte;
  return bytes;
}

describe('a large file', () => {
  it('is what a small one is: its hash, its lines', async () => {
    const bundle = join(tempFolder(), 'b');
    const stored = await storeArtifact(
      target(bundle),
      bodyWith(-1, PIECE, { pieces: 0 }),
      BYTES,
      QUIET,
    );
    const hash = sha256(Buffer.concat(Array.from({ length: PIECES }, () => PIECE)));
    expect(BYTES).toBeGreaterThan(16 * 1024 * 1024);
    expect(stored).toMatchObject({
      kind: 'stored',
      artifact: { bytes: BYTES, sha256: hash, format: 'jsonl', records: 2_000 * PIECES },
    });
  });

  it.each([
    ['at its beginning', 0, 5, 0x01, 'file_broken', 5],
    [
      'in the middle',
      4,
      1_000 * LINE + 3,
      0x0a,
      'file_broken',
      4 * PIECE.length + 1_000 * LINE + 3,
    ],
    ['in its last byte but one', PIECES - 1, PIECE.length - 2, 0x5d, 'file_broken', BYTES - 2],
  ])('broken %s is refused at that byte', async (_where, piece, at, byte, code, offset) => {
    const folder = tempFolder();
    const body = bodyWith(piece, spoilt(at, byte), { pieces: 0 });
    const stored = await storeArtifact(target(join(folder, 'b')), body, BYTES, QUIET);
    expect(stored).toMatchObject({
      error: { code, message: `the file stops being JSON at byte ${offset + 1}` },
    });
    expect(listing(folder)).toEqual(['b', 'b/stream']);
  });

  it('is left soon after it turned out useless', async () => {
    const asked = { pieces: 0 };
    const body = bodyWith(1, spoilt(900_000, 0xff), asked);
    const stored = await storeArtifact(target(join(tempFolder(), 'b')), body, BYTES, QUIET);
    expect(stored).toMatchObject({ error: { code: 'file_not_utf8' } });
    expect(asked.pieces).toBe(2);
  });

  it('that ends inside a line is cut', async () => {
    const folder = tempFolder();
    const body = bodyWith(PIECES - 1, PIECE.subarray(0, -9), { pieces: 0 });
    const stored = await storeArtifact(target(join(folder, 'b')), body, BYTES - 9, QUIET);
    expect(stored).toMatchObject({ error: { code: 'file_cut' } });
    expect(listing(folder)).toEqual(['b', 'b/stream']);
  });

  it('whose body fails leaves nothing, and the failure is told as it was', async () => {
    const folder = tempFolder();
    const failure = new Error('the connection broke');
    const body = (async function* broken() {
      yield* [PIECE, PIECE];
      throw failure;
    })();
    const storing = storeArtifact(target(join(folder, 'b')), body, BYTES, QUIET);
    await expect(storing).rejects.toBe(failure);
    expect(listing(folder)).toEqual(['b', 'b/stream']);
  });
});
