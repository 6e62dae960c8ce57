import { isUtf8 } from 'node:buffer';
import type { OperationFacts } from '../../requests/operations.ts';
import type { Artifact, StepError } from '../../requests/request.ts';
import {
  type BlockWork,
  type ThreadKind,
  beginWork,
  isLarge,
  serveBlocks,
} from './block-thread.ts';
import { Census } from './census.ts';
import { JsonHead } from './error-shape.ts';
import { JsonScan, MAX_DEPTH } from './json-scan.ts';

export const NOT_JSON = 'the file is not JSON, JSON lines or zip';
export const ERROR_CAME = 'an error in JSON came in place of the file';

/**
 * The error of a step whose received file is not kept. All are passing: the provider may deliver a
 * whole one next time. Messages never quote the file: it is personal data.
 */
export function refusal(code: `file_${string}`, message: string): StepError {
  return { code, message, passing: true, providerCode: null, httpStatus: null };
}

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

/** What a check found out about a whole file. */
export type Found = Pick<Artifact, 'format' | 'records'> & {
  /** Stream's limit may have shortened it. */
  cut: boolean;
  /** Whether anything in it is known of such an export. */
  recognised: boolean;
};

/** How a file is read. */
export type FileReading = Omit<NonNullable<OperationFacts['file']>, 'path'>;

/** Checks JSON and JSON lines in one pass over the blocks of a file, and tells which of them it is. */
class TextCheck {
  readonly #reading: FileReading;
  readonly #head = new JsonHead();
  readonly #census: Census;
  readonly #scan: JsonScan;
  readonly #utf8 = new Utf8Check();

  constructor(reading: FileReading) {
    this.#reading = reading;
    this.#census = new Census(reading.countMessages);
    this.#scan = new JsonScan(this.#census);
  }

  /** The error as soon as there is one: nothing need be fed from then on. */
  feed(block: Uint8Array): StepError | null {
    if (!this.#utf8.feed(block)) return refusal('file_not_utf8', 'the file is not UTF-8');
    this.#head.feed(block);
    return this.#scan.feed(block) ? null : this.#broken();
  }

  /** The file ends here. */
  end(): Found | StepError {
    const scan = this.#scan;
    if (!scan.end()) return this.#unfinished();
    if (!this.#utf8.end()) return refusal('file_not_utf8', 'the file is not UTF-8');
    if (scan.values === 0) return refusal('file_blank', 'the file holds nothing but white space');
    if (!scan.structured) return refusal('file_unknown', `${NOT_JSON}: no object or list is in it`);
    if (scan.values > 1 && scan.innerLines > 0) {
      return refusal('file_broken', 'the file holds several JSON documents, not one to a line');
    }
    return this.#noData() ?? this.#found();
  }

  #found(): Found {
    const { values, innerLines } = this.#scan;
    const asLines = values > 1 || (this.#reading.prefer === 'jsonl' && innerLines === 0);
    const records = asLines ? values : this.#census.elements;
    const { recognised } = this.#census;
    return {
      format: asLines ? 'jsonl' : 'json',
      records,
      cut: this.#census.cut(records),
      recognised,
    };
  }

  /** An error in place of the data, or nothing at all. */
  #noData(): StepError | null {
    const said = this.#head.says(this.#scan.values > 1);
    if (said === 'error') return refusal('file_error', ERROR_CAME);
    const mayBe = this.#reading.mayBeEmpty && this.#census.recognised;
    if (said !== 'nothing' || mayBe) return null;
    return refusal('file_no_data', 'the file is JSON without any data, not even about the account');
  }

  #unfinished(): StepError {
    const { structured, values, innerLines } = this.#scan;
    if (!structured) return refusal('file_unknown', NOT_JSON);
    const where = values > 0 && innerLines === 0 ? ` in line ${values + 1}` : '';
    return refusal('file_cut', `the file breaks off in the middle${where}`);
  }

  #broken(): StepError {
    const { fault, structured, offset } = this.#scan;
    if (fault === 'too_deep') {
      return refusal('file_too_deep', `the file is nested deeper than ${MAX_DEPTH} levels`);
    }
    if (!structured) return refusal('file_unknown', NOT_JSON);
    return refusal('file_broken', `the file stops being JSON at byte ${offset}`);
  }
}

const TEXT_CHECK: ThreadKind<FileReading, StepError | null, Found | StepError> = {
  module: import.meta.url,
  name: 'gdpr-text-check',
  begin: (reading) => new TextCheck(reading),
};

/**
 * Reads JSON or JSON lines, one block after the other. A block is answered with the error as soon as it
 * is known: nothing need be fed from then on. It must not change until the feed after it, or the end,
 * resolves.
 */
export type TextReader = BlockWork<StepError | null, Found | StepError>;

/** The reader for a file of about so many bytes (null: unknown); a large one is read beside. */
export function textReader(reading: FileReading, bytes: number | null): TextReader {
  const work = beginWork(TEXT_CHECK, reading, bytes);
  return isLarge(bytes) ? oneBehind(work) : work;
}

/** A block is read while the next one comes, so an error is told one block later. */
function oneBehind(work: TextReader): TextReader {
  let before: Promise<StepError | null> = Promise.resolve(null);
  return {
    async feed(block) {
      const error = await before;
      if (error !== null) return error;
      before = work.feed(block);
      // A thread that dies is found by the next feed; until then its failure waits there.
      void Promise.allSettled([before]);
      return null;
    },
    end: async () => (await before) ?? work.end(),
    close: () => work.close(),
  };
}

serveBlocks(TEXT_CHECK);
