import { CsvError, Parser } from 'csv-parse';
import { bomLength } from '../content/text.ts';
import { type Dialect, EncodingCheck, dialectOf, headerLine, signatureOf } from './dialect.ts';
import type { CsvSource } from './source.ts';

/** The longest row, in bytes: a quote that is never closed must not take the rest of the file. */
const LONGEST_ROW = 1024 * 1024;

/** Takes a row: its cells as written (unquoted), and the line where it begins. The first is the header. */
export type TakeRow = (cells: readonly string[], line: number) => void;

/** Why a file cannot be read on. `line`: where the row at fault begins; null: it is no CSV at all. */
export interface CsvStop {
  line: number | null;
  what: string;
}

/**
 * Reads a CSV (RFC 4180; comma, semicolon or tab; UTF-8 with or without BOM) as a stream and hands
 * over its rows one by one; blank lines are left out, and rows may have more or fewer cells than the
 * header. `known`: the columns that help to find the delimiter. Answers with what stopped it, null at
 * the end. Throws what the source and `take` throw, and the signal's reason.
 */
export async function readCsv(
  source: CsvSource,
  known: readonly string[],
  take: TakeRow,
  signal: AbortSignal,
): Promise<CsvStop | null> {
  const check = new EncodingCheck();
  let parser: RowParser | null = null;
  for await (const block of fromHeader(source.open(signal))) {
    signal.throwIfAborted();
    let text = block;
    if (parser === null) {
      const is = signatureOf(block);
      if (is !== null) return { line: null, what: `is no CSV: it seems to be ${is}` };
      parser = new RowParser(dialectOf(block, known), take);
      text = block.subarray(bomLength(block));
    }
    const stop = await feed(parser, check, text);
    if (stop !== null) return stop;
  }
  signal.throwIfAborted();
  return parser === null ? null : finish(parser, check);
}

/** The blocks, of which the first has the whole header, or all that there is. */
async function* fromHeader(
  blocks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let head = Buffer.alloc(0);
  let isWhole = false;
  for await (const block of blocks) {
    if (isWhole) {
      yield block;
      continue;
    }
    head = Buffer.concat([head, block]);
    isWhole = headerLine(head) !== null || head.length > LONGEST_ROW;
    if (isWhole) yield head;
  }
  if (!isWhole) yield head;
}

async function feed(
  parser: RowParser,
  check: EncodingCheck,
  block: Uint8Array,
): Promise<CsvStop | null> {
  const noText = check.feed(block);
  if (noText === null) return parser.feed(block);
  // csv-parse looks a few bytes ahead: blank lines bring out the last whole row before the fault.
  const before = Buffer.concat([block.subarray(0, noText.start), Buffer.from('\n\n\n\n')]);
  const stop = noText.start === 0 ? null : await parser.feed(before);
  return stop ?? { line: parser.nextLine, what: noText.what };
}

async function finish(parser: RowParser, check: EncodingCheck): Promise<CsvStop | null> {
  const noText = check.end();
  const stop = await parser.finish();
  return noText === null ? stop : { line: parser.line, what: noText.what };
}

/** csv-parse, whose rows are taken at once, with the line they begin on, and never gathered. */
class RowParser extends Parser {
  /** Where the last row begins, and the line after its end. */
  line = 1;
  nextLine = 1;
  readonly #take: TakeRow;
  #lines = 0;
  #blank = 0;

  constructor({ delimiter, rowEnds }: Dialect, take: TakeRow) {
    super({
      delimiter,
      record_delimiter: [...rowEnds],
      max_record_size: LONGEST_ROW,
      skip_empty_lines: true,
      // The one who takes rows tells of all that do not fit, and not just of the first.
      relax_column_count: true,
    });
    this.#take = take;
    this.on('error', () => {});
  }

  override push(row: string[] | null): boolean {
    if (row === null) return super.push(null);
    const { lines, empty_lines: blank } = this.info;
    const line = this.nextLine + blank - this.#blank;
    // What csv-parse counts for line breaks in cells is not the number of lines (CRLF counts twice).
    const isPlain = lines - this.#lines - (blank - this.#blank) === 1;
    this.line = line;
    this.nextLine = line + 1 + (isPlain ? 0 : lineBreaks(row));
    this.#lines = lines;
    this.#blank = blank;
    this.#take(row, line);
    return true;
  }

  async feed(block: Uint8Array): Promise<CsvStop | null> {
    return this.#until((done) => this.write(block, done));
  }

  async finish(): Promise<CsvStop | null> {
    return this.#until((done) => this.end(done));
  }

  async #until(work: (done: (error?: Error | null) => void) => void): Promise<CsvStop | null> {
    try {
      await new Promise<void>((resolve, reject) => {
        work((error) => (error instanceof Error ? reject(error) : resolve()));
      });
      return null;
    } catch (thrown) {
      if (!(thrown instanceof CsvError)) throw thrown;
      const line = this.nextLine + this.info.empty_lines - this.#blank;
      return {
        line,
        what: `${SENTENCES.get(thrown.code) ?? thrown.message}; what comes after it was not read`,
      };
    }
  }
}

function lineBreaks(row: readonly string[]): number {
  return row.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
}

const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['CSV_QUOTE_NOT_CLOSED', 'a quote is opened and never closed'],
  ['CSV_MAX_RECORD_SIZE', 'the row is longer than 1 MiB (is a quote never closed?)'],
  [
    'INVALID_OPENING_QUOTE',
    'a quote stands inside a cell (such a cell is put in quotes, and its quotes are doubled)',
  ],
  ['CSV_INVALID_CLOSING_QUOTE', 'text follows a closing quote (quotes inside a cell are doubled)'],
]);
