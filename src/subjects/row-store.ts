import type { Scratch } from './scratch.ts';

/** Rows as text, several hundred to a block: to SQLite a million rows are a few thousand. */
const MOST_ROWS = 500;
const FULL = 64 * 1024;
const LONGEST_CELL = 2_000;
const MOST_CELLS = 8;
const LONGEST_CHARACTER = 3;
const SEPARATOR = '\u001f';

export const ROW_TABLES = `
  CREATE TABLE blocks (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, lines BLOB NOT NULL, cells BLOB NOT NULL);
`;

/** Rows that follow each other: their lines, and the cells of our columns of all of them in turn. */
export interface Block {
  lines: Uint32Array;
  cells: readonly string[];
}

/** Rows in the order of the file. */
export interface RowStore {
  /**
   * Lines must rise, cells must be storable, and all rows must have as many, 8 at most. The array may
   * be used again.
   */
  add(line: number, cells: readonly string[]): void;
  /** Nothing is added from here on. */
  end(): void;
  /** All blocks of rows, or only those that hold one of the lines that a table `suspects` lists. */
  blocks(which: 'all' | 'suspects'): Iterable<Block>;
}

/** Whether a cell can be stored: one that cannot is no id, reference or day that could be right. */
export function isStorable(cell: string): boolean {
  return cell.length <= LONGEST_CELL && !cell.includes(SEPARATOR);
}

export function rowStore(scratch: Scratch): RowStore {
  // Written as bytes at once: strings that wait to be joined outlive many of the parser's, and the
  // heap grows until they have room.
  const bytes = Buffer.alloc(FULL + MOST_CELLS * (LONGEST_CELL * LONGEST_CHARACTER + 1));
  const lines = new Uint32Array(MOST_ROWS);
  let rows = 0;
  let end = 0;
  const flush = (): void => {
    if (rows === 0) return;
    const insert = scratch.sql(INSERT);
    const written = new Uint8Array(lines.buffer, 0, rows * lines.BYTES_PER_ELEMENT);
    const cells = bytes.subarray(0, end - 1);
    scratch.work(() => insert.run(lines[0] ?? 0, lines[rows - 1] ?? 0, written, cells));
    rows = 0;
    end = 0;
  };
  return {
    add(line, cells) {
      lines[rows] = line;
      rows += 1;
      for (let at = 0; at < cells.length; at += 1) {
        end = write(bytes, cells[at] ?? '', end);
        bytes[end] = SEPARATOR.charCodeAt(0);
        end += 1;
      }
      if (rows === MOST_ROWS || end >= FULL) flush();
    },
    end: flush,
    *blocks(which) {
      const select = scratch.sql(SELECT[which]);
      for (let after = 0; ;) {
        const from = after;
        const block = scratch.work(() => select.get(from));
        if (block === undefined) return;
        after = Number(block['first']);
        yield { lines: numbersOf(block['lines']), cells: String(block['cells']).split(SEPARATOR) };
      }
    },
  };
}

const INSERT = 'INSERT INTO blocks (first, last, lines, cells) VALUES (?, ?, ?, ?)';

const ALL = 'SELECT first, lines, CAST(cells AS TEXT) AS cells FROM blocks WHERE first > ?';
const SELECT = {
  all: `${ALL} ORDER BY first LIMIT 1`,
  suspects: `${ALL} AND EXISTS (SELECT 1 FROM suspects WHERE line BETWEEN first AND last)
    ORDER BY first LIMIT 1`,
} as const;

/** Writes a text as UTF-8 and answers with where it ends; most are ASCII. */
function write(bytes: Buffer, text: string, start: number): number {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return start + bytes.write(text, start);
    bytes[start + at] = code;
  }
  return start + text.length;
}

function numbersOf(value: unknown): Uint32Array {
  if (!(value instanceof Uint8Array)) return new Uint32Array();
  return new Uint32Array(value.buffer, value.byteOffset, value.byteLength / 4);
}
