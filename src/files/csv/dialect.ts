const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
const BOM = [0xef, 0xbb, 0xbf];

/** In this order when nothing speaks for one of them. */
const DELIMITERS = [',', ';', '\t'] as const;

/** How a CSV is written. */
export interface Dialect {
  delimiter: (typeof DELIMITERS)[number];
  /** What ends a row; the longest first. */
  rowEnds: readonly string[];
}

/** The length of the byte order mark that the text begins with. */
export function bomLength(head: Uint8Array): number {
  return BOM.every((byte, at) => head[at] === byte) ? BOM.length : 0;
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
  let best: { delimiter: Dialect['delimiter']; found: number; cells: number } | null = null;
  for (const delimiter of DELIMITERS) {
    const cells = split(text, delimiter);
    const found = cells.filter((cell) => known.includes(cell)).length;
    const isBetter =
      best === null || found > best.found || (found === best.found && cells.length > best.cells);
    if (isBetter) best = { delimiter, found, cells: cells.length };
  }
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
