import { read } from 'node:fs';
import { promisify } from 'node:util';

const readAt = promisify(read);

/** Signatures of what may follow the last entry of a central directory (APPNOTE 4.3.13 to 4.3.16). */
const ENDS = new Set([0x06054b50, 0x06064b50, 0x05054b50]);

/**
 * Whether the central directory ends where its last entry was read. A directory that says it has
 * fewer entries than stand there would make a shorter file look whole.
 */
export async function readDirectoryEnd(fd: number, position: number): Promise<boolean> {
  const signature = Buffer.alloc(4);
  const { bytesRead } = await readAt(fd, signature, 0, signature.length, position);
  return bytesRead === signature.length && ENDS.has(signature.readUInt32LE(0));
}
