import { crc32 } from 'node:zlib';
import { type Entry, type ZipFile, fromBufferPromise } from 'yauzl';

/** The entries of a zip as text, and the names of those whose CRC does not hold. */
export async function unzip(
  bytes: Buffer,
): Promise<{ entries: Record<string, string>; damaged: string[] }> {
  const zip = await fromBufferPromise(bytes);
  const entries: Record<string, string> = {};
  const damaged: string[] = [];
  for await (const entry of zip.eachEntry()) {
    const content = await contentOf(zip, entry);
    if (crc32(content) !== entry.crc32) damaged.push(entry.fileName);
    entries[entry.fileName] = content.toString();
  }
  return { entries, damaged };
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
