import { isUtf8 } from 'node:buffer';

const LONGEST = 4;
const BOM = [0xef, 0xbb, 0xbf];

/** The length of the byte order mark that a text begins with. */
export function bomLength(head: Uint8Array): number {
  return BOM.every((byte, at) => head[at] === byte) ? BOM.length : 0;
}

/** Whether blocks of bytes, one after the other, are UTF-8; a character may lie across two. */
export class Utf8Check {
  #carried: Uint8Array = new Uint8Array(0);

  /** False when what came so far cannot be UTF-8. */
  feed(block: Uint8Array): boolean {
    let rest = block;
    if (this.#carried.length > 0) {
      const head = block.subarray(0, LONGEST);
      const joined = Buffer.concat([this.#carried, head]);
      const missing = characterLength(joined[0]!) - this.#carried.length;
      if (head.length < missing) {
        this.#carried = joined;
        return true;
      }
      if (!isUtf8(joined.subarray(0, this.#carried.length + missing))) return false;
      rest = block.subarray(missing);
    }
    const whole = rest.length - unfinished(rest);
    this.#carried = rest.slice(whole);
    return isUtf8(rest.subarray(0, whole));
  }

  /** Whether the last character is whole. */
  end(): boolean {
    return this.#carried.length === 0;
  }
}

/** How many bytes at the end begin a character that is not all there. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back < LONGEST && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return characterLength(byte) > back ? back : 0;
  }
  return 0;
}

function characterLength(first: number): number {
  if (first >= 0xf0) return 4;
  return first >= 0xe0 ? 3 : 2;
}
