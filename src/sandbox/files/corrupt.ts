import { type ExportFile, damage } from './export-file.ts';

/** Where the first character of the user id stands in the JSON of a zip's first entry. */
const INTO_USER_ID = 16;

/**
 * A file with one wrong byte. In text it is a NUL in the middle, which no JSON may hold; in a
 * zip it is a letter of the first, stored entry, whose JSON still parses: only its CRC tells.
 */
export async function corrupted(
  file: ExportFile,
  revision: number,
  size: number,
): Promise<AsyncIterable<Buffer>> {
  if (file.kind === 'text') return damage(file.chunks(revision), Math.floor(size / 2), () => 0);
  const start = await dataStart(file.chunks(revision));
  return damage(file.chunks(revision), start + INTO_USER_ID, (byte) => byte ^ 1);
}

/** Behind the first local file header: 30 bytes, the name, the extra field. */
async function dataStart(chunks: AsyncIterable<Buffer>): Promise<number> {
  let head = Buffer.alloc(0);
  for await (const chunk of chunks) {
    head = Buffer.concat([head, chunk]);
    if (head.length >= 30) return 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  }
  return 0;
}
