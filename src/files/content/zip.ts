import { read } from 'node:fs';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { type Entry, type LocalFileHeader, type ZipFile, fromFdPromise } from 'yauzl';
import type { StepError } from '../../requests/request.ts';
import { isSystemError } from '../folder.ts';
import { refusal } from './text.ts';

const MAX_ENTRIES = 1_000_000;
/** Deflate reaches 1,032:1 on nothing but zeros; no export comes near. */
const MAX_RATIO = 1_000;
const ALWAYS_ALLOWED = 100_000_000;
const STORED = 0;
const DEFLATED = 8;
/** What the upper half of an entry's attributes says it is (stat.h). */
const TYPE = 0o170_000;
const REGULAR = 0o100_000;
const FOLDER = 0o040_000;
/** What yauzl says of a name that leads out of the folder it is unpacked in. */
const UNSAFE_NAME = /^(?:absolute path|invalid relative path|invalid characters in fileName)/v;

const CORRUPT = refusal('file_zip_corrupt', 'the zip is damaged or cut');

/** How many files a zip holds, and whether any is JSON by its name. */
interface ZipFiles {
  files: number;
  json: boolean;
}

/**
 * Reads every entry of a zip whole, in memory of constant size, and compares length and CRC-32.
 * Answers with what files are in it. Throws the signal's reason, and errors of the disk.
 */
export async function checkZip(
  fd: number,
  size: number,
  signal: AbortSignal,
): Promise<ZipFiles | StepError> {
  try {
    // Never closed here: closing it closes the descriptor, which belongs to the caller.
    const zip = await fromFdPromise(fd, { autoClose: false, strictFileNames: true });
    return await checkEntries(zip, fd, size, signal);
  } catch (thrown) {
    if (signal.aborted || isSystemError(thrown) || !(thrown instanceof Error)) throw thrown;
    if (UNSAFE_NAME.test(thrown.message)) {
      return refusal('file_zip_unsafe', 'the zip holds a path that leads out of its folder');
    }
    return CORRUPT;
  }
}

async function checkEntries(
  zip: ZipFile,
  fd: number,
  size: number,
  signal: AbortSignal,
): Promise<ZipFiles | StepError> {
  if (zip.entryCount > MAX_ENTRIES) {
    return refusal('file_zip_bomb', `the zip holds more than ${MAX_ENTRIES} entries`);
  }
  let files = 0;
  let json = false;
  let unpacked = 0;
  let packed = 0;
  // Where the directory begins: entries have no other place than before it.
  const room = Number(zip.readEntryCursor);
  for await (const entry of zip.eachEntry()) {
    signal.throwIfAborted();
    unpacked += entry.uncompressedSize;
    packed += entry.compressedSize;
    const error =
      refuseEntry(entry) ??
      refuseRatio(unpacked, size) ??
      refuseOverlap(packed, room) ??
      (await checkEntry(zip, entry, signal));
    if (error !== null) return error;
    if (!entry.fileName.endsWith('/')) files += 1;
    json ||= /\.jsonl?$/iv.test(entry.fileName);
  }
  if (!(await readDirectoryEnd(fd, Number(zip.readEntryCursor)))) return CORRUPT;
  return files > 0 ? { files, json } : refusal('file_zip_empty', 'the zip holds no files');
}

function refuseEntry(entry: Entry): StepError | null {
  if (entry.isEncrypted()) {
    return refusal('file_zip_encrypted', 'the zip is encrypted, so it cannot be checked');
  }
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    return refusal('file_zip_unsupported', 'the zip is packed in a way that cannot be checked');
  }
  // The file's type of Unix; whoever unpacks a link writes through it.
  const type = (entry.externalFileAttributes >>> 16) & TYPE;
  if (type !== 0 && type !== REGULAR && type !== FOLDER) {
    return refusal('file_zip_unsafe', 'the zip holds a link, or another thing that is no file');
  }
  return refuseRatio(entry.uncompressedSize, entry.compressedSize);
}

/** Entries that share their bytes: a small zip would take hours to read. */
function refuseOverlap(packed: number, room: number): StepError | null {
  if (packed <= room) return null;
  return refusal('file_zip_bomb', 'the zip holds the same bytes in several entries');
}

function refuseRatio(unpacked: number, packed: number): StepError | null {
  if (unpacked <= ALWAYS_ALLOWED || unpacked <= packed * MAX_RATIO) return null;
  return refusal('file_zip_bomb', 'the zip unpacks to absurdly more than it holds');
}

async function checkEntry(
  zip: ZipFile,
  entry: Entry,
  signal: AbortSignal,
): Promise<StepError | null> {
  const local = await localHeader(zip, entry);
  if (!local.fileName.equals(entry.fileNameRaw)) return CORRUPT;
  let bytes = 0;
  let sum = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    signal.throwIfAborted();
    bytes += chunk.length;
    sum = crc32(chunk, sum);
  }
  return bytes === entry.uncompressedSize && sum === entry.crc32 ? null : CORRUPT;
}

function localHeader(zip: ZipFile, entry: Entry): Promise<LocalFileHeader> {
  return new Promise((resolve, reject) => {
    zip.readLocalFileHeader(entry, (error, header) => {
      if (error === null) resolve(header);
      else reject(error);
    });
  });
}

const readAt = promisify(read);

/** Signatures of what may follow the last entry of a central directory (APPNOTE 4.3.13 to 4.3.16). */
const ENDS = new Set([0x06054b50, 0x06064b50, 0x05054b50]);

/**
 * Whether the central directory ends where its last entry was read. A directory that says it has
 * fewer entries than stand there would make a shorter file look whole.
 */
async function readDirectoryEnd(fd: number, position: number): Promise<boolean> {
  const signature = Buffer.alloc(4);
  const { bytesRead } = await readAt(fd, signature, 0, signature.length, position);
  return bytesRead === signature.length && ENDS.has(signature.readUInt32LE(0));
}
