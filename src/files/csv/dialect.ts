import { isUtf8 } from 'node:buffer';
import { Utf8Check, bomLength } from '../content/text.ts';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** In this order when nothing speaks for one of them. */
const DELIMITERS = [',', ';', '\t'] as const;

/** How a CSV is written. */
export interface Dialect {
  delimiter: (typeof DELIMITERS)[number];
  /** What ends a row; the longest first. */
  rowEnds: readonly string[];
}

/**
 * Where the first line that is not blank begins and ends (quoted line breaks do not end it); null
 * when its end, and the byte after that, are not there yet.
 */
export function headerLine(head: Uint8Array): { start: number; end: number } | null {
  let start = bomLength(head);
  while (head[start] === LF || head[start] === CR) start += 1;
  let isQuoted = false;
  for (let at = start; at < head.length - 1; at += 1) {
    const byte = head[at];
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (!isQuoted && (byte === LF || byte === CR)) return { start, end: at };
  }
  return null;
}

/**
 * The dialect by the header line: the delimiter that makes the most `known` cells of it, then the one
 * that stands in it most often. A lone CR ends rows only where it ends the header.
 */
export function dialectOf(head: Uint8Array, known: readonly string[]): Dialect {
  const { start, end } = headerLine(head) ?? { start: bomLength(head), end: head.length };
  const text = new TextDecoder().decode(head.subarray(start, end));
  const [best] = DELIMITERS.map((delimiter) => {
    const cells = split(text, delimiter);
    return { delimiter, known: cells.filter((cell) => known.includes(cell)), cells };
  }).toSorted((a, b) => b.known.length - a.known.length || b.cells.length - a.cells.length);
  const isOldMac = head[end] === CR && head[end + 1] !== undefined && head[end + 1] !== LF;
  return {
    delimiter: best?.delimiter ?? ',',
    rowEnds: isOldMac ? ['\r\n', '\n', '\r'] : ['\r\n', '\n'],
  };
}

function split(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === delimiter && !isQuoted) {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  return [...cells, cell];
}

/** What a file is by its first bytes, where that is no CSV. */
const SIGNATURES: readonly { bytes: readonly number[]; is: string }[] = [
  { bytes: [0xff, 0xfe], is: 'UTF-16 text' },
  { bytes: [0xfe, 0xff], is: 'UTF-16 text' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], is: 'a spreadsheet (.xlsx, .ods) or another zip file' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], is: 'an old spreadsheet (.xls)' },
  { bytes: [0x1f, 0x8b], is: 'a gzip file' },
  { bytes: [0x25, 0x50, 0x44, 0x46, 0x2d], is: 'a PDF' },
];

/** Bytes that are no UTF-8 text: what they seem to be, and where in the block their line begins. */
export interface NoText {
  what: string;
  start: number;
}

/** What a file that begins like this is, other than a CSV; null: nothing that is known. */
export function signatureOf(head: Uint8Array): string | null {
  return SIGNATURES.find(({ bytes }) => bytes.every((byte, at) => head[at] === byte))?.is ?? null;
}

/** Whether blocks, one after the other, are UTF-8 text. */
export class EncodingCheck {
  readonly #utf8 = new Utf8Check();

  feed(block: Uint8Array): NoText | null {
    const zero = block.indexOf(0);
    if (zero >= 0) {
      const start = block.lastIndexOf(LF, zero) + 1;
      return {
        what: 'the line holds zero bytes: the file seems to be UTF-16 text or no text at all',
        start,
      };
    }
    return this.#utf8.feed(block) ? null : { what: FOREIGN, start: foreignLine(block) };
  }

  /** Whether the last character is whole. */
  end(): NoText | null {
    return this.#utf8.end() ? null : { what: FOREIGN, start: 0 };
  }
}

const FOREIGN =
  'the line holds bytes that are not UTF-8: the file seems to be in another encoding (Windows-1252, Latin-1 …)';

/** Where the first line with bytes that are not UTF-8 begins. */
function foreignLine(block: Uint8Array): number {
  let start = 0;
  // The first line may begin in the middle of a character.
  let from = 0;
  while (from < 3 && (block[from] ?? 0) >> 6 === 0b10) from += 1;
  for (let end = block.indexOf(LF); end >= 0; end = block.indexOf(LF, start)) {
    if (!isUtf8(block.subarray(Math.max(start, from), end))) return start;
    start = end + 1;
  }
  return start;
}
