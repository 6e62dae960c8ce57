import type { Scratch } from './scratch.ts';

/** Powers of two. Of a million ids a part gets 4,000, which is what is held at a time. */
const PARTS = 256;
const PER_PART = 512;
/** Bytes of a hash and its line. */
const PAIR = 8;
/** More than any part is written out. */
const RUNS = 2 ** 32;

export const FINGERPRINT_TABLES = `
  CREATE TABLE fingerprints (n INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE suspects (line INTEGER PRIMARY KEY);
`;

/**
 * Finds lines whose ids may be the same without keeping or sorting the ids: 40 bits of a hash of each
 * go, with its line, to one of 256 parts by 8 of them, and a part is looked through in memory.
 */
export interface Fingerprints {
  add(id: string, line: number): void;
  /**
   * Fills the table `suspects` with every line whose id is in two and, rarely, with others; answers
   * with how many there are.
   */
  findSuspects(): number;
}

export function fingerprints(scratch: Scratch): Fingerprints {
  /** For each part, pairs of hash and line that are not written out yet. */
  const pairs = new Uint32Array(PARTS * PER_PART * 2);
  const filled = new Uint16Array(PARTS);
  let runs = 0;

  /** What is used again for each part: garbage outside of the heap is collected late. */
  let gathered = new Uint32Array(0);
  let places = new Uint32Array(0);

  const bytesOf = (part: number): Uint8Array => {
    const from = part * PER_PART * PAIR;
    return new Uint8Array(pairs.buffer, from, (filled[part] ?? 0) * PAIR);
  };
  const write = (part: number): void => {
    const insert = scratch.sql('INSERT INTO fingerprints (n, bytes) VALUES (?, ?)');
    runs += 1;
    scratch.work(() => insert.run(part * RUNS + runs, bytesOf(part)));
    filled[part] = 0;
  };
  const whole = (part: number): Uint32Array => {
    const select = scratch.sql('SELECT bytes FROM fingerprints WHERE n BETWEEN ? AND ?');
    const written = runs === 0 ? [] : select.all(part * RUNS, (part + 1) * RUNS - 1);
    const pieces = written.flatMap(({ bytes }) => (bytes instanceof Uint8Array ? [bytes] : []));
    const length = pieces.length * PER_PART * 2 + (filled[part] ?? 0) * 2;
    gathered = atLeast(gathered, length);
    const into = new Uint8Array(gathered.buffer);
    [...pieces, bytesOf(part)].forEach((piece, at) => into.set(piece, at * PER_PART * PAIR));
    return gathered.subarray(0, length);
  };
  const repeated = (part: number): readonly number[] => {
    const all = whole(part);
    places = atLeast(places, all.length);
    return repeatedLines(all, places);
  };

  return {
    add(id, line) {
      let high = 0x9e37_79b9;
      let low = 0x85eb_ca6b;
      for (let at = 0; at < id.length; at += 1) {
        const code = id.charCodeAt(at);
        high = Math.imul(high ^ code, 0x9e37_79b1);
        low = Math.imul(low ^ code, 0x5f35_6495);
      }
      high ^= high >>> 15;
      low = Math.imul(low ^ (low >>> 15), 0xc2b2_ae35);
      const part = (low >>> 16) & (PARTS - 1);
      const count = filled[part] ?? 0;
      const place = (part * PER_PART + count) * 2;
      // 0 stands for none where they are looked through.
      pairs[place] = high === 0 ? 1 : high;
      pairs[place + 1] = line;
      filled[part] = count + 1;
      if (count + 1 === PER_PART) write(part);
    },
    findSuspects() {
      let found = 0;
      const insert = scratch.sql('INSERT OR IGNORE INTO suspects (line) VALUES (?)');
      for (let part = 0; part < PARTS; part += 1) {
        for (const line of repeated(part)) found += Number(insert.run(line).changes);
      }
      return found;
    },
  };
}

/** As it is, or a new one of the next power of two. */
function atLeast(array: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  return array.length > length ? array : new Uint32Array(2 ** Math.ceil(Math.log2(length + 1)));
}

/** The lines of pairs (hash, line) whose hash is there more than once. */
function repeatedLines(pairs: Uint32Array, places: Uint32Array): readonly number[] {
  const hashes = repeatedHashes(pairs, places);
  const lines: number[] = [];
  for (let at = 0; hashes.size > 0 && at < pairs.length; at += 2) {
    if (hashes.has(pairs[at] ?? 0)) lines.push(pairs[at + 1] ?? 0);
  }
  return lines;
}

/** By open addressing in `places`, a power of two of them; 0 is a free one. */
function repeatedHashes(pairs: Uint32Array, places: Uint32Array): ReadonlySet<number> {
  const twice = new Set<number>();
  const mask = places.length - 1;
  places.fill(0);
  for (let at = 0; at < pairs.length; at += 2) {
    const hash = pairs[at] ?? 0;
    let place = hash & mask;
    while (places[place] !== 0 && places[place] !== hash) place = (place + 1) & mask;
    if (places[place] === hash) twice.add(hash);
    places[place] = hash;
  }
  return twice;
}
