import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

const LONG_AGO = new Date('2020-01-01T00:00:00Z');

/** A zip of these files; a name that ends in a slash is a folder. */
export function zipOf(files: Record<string, string | Buffer>, compress = true): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith('/')) zip.addEmptyDirectory(name, { mtime: LONG_AGO });
    else zip.addBuffer(Buffer.from(content), name, { compress, mtime: LONG_AGO });
  }
  zip.end();
  return buffer(zip.outputStream);
}

/** The same bytes with each occurrence of one text replaced by another of the same length. */
export function renamed(zip: Buffer, from: string, to: string): Buffer {
  return Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1');
}

/** A copy with the byte at `at` changed. */
export function flipped(zip: Buffer, at: number, mask = 0xff): Buffer {
  const copy = Buffer.from(zip);
  copy.writeUInt8(copy.readUInt8(at) ^ mask, at);
  return copy;
}

const CENTRAL = Buffer.from('PK\u0001\u0002', 'latin1');
const END = Buffer.from('PK\u0005\u0006', 'latin1');

/** Where the central record of the first entry, and the end record, begin. */
export function records(zip: Buffer): { central: number; end: number } {
  return { central: zip.indexOf(CENTRAL), end: zip.lastIndexOf(END) };
}
