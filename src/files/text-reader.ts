import type { StepError } from '../requests/request.ts';
import { BlockThread, isLarge, serveBlocks } from './block-thread.ts';
import { TextCheck, type Found, type Reading } from './text-check.ts';

const THREAD = 'gdpr-text-check';

/** Reads JSON or JSON lines. A block must not change until its `feed` resolves; one at a time. */
export interface TextReader {
  /** The error as soon as there is one: nothing need be fed from then on. */
  feed(block: Uint8Array): Promise<StepError | null>;
  /** The file ends here. */
  end(): Promise<Found | StepError>;
  /** Must be called at the end, whatever happened. */
  close(): Promise<void>;
}

/** The reader for a file of about so many bytes (null: unknown); a large one is read beside. */
export function textReader(reading: Reading, bytes: number | null): TextReader {
  return isLarge(bytes)
    ? new BlockThread<StepError | null, Found | StepError>(import.meta.url, THREAD, reading)
    : new DirectReader(reading);
}

class DirectReader implements TextReader {
  readonly #check: TextCheck;

  constructor(reading: Reading) {
    this.#check = new TextCheck(reading);
  }

  async feed(block: Uint8Array): Promise<StepError | null> {
    return this.#check.feed(block);
  }

  async end(): Promise<Found | StepError> {
    return this.#check.end();
  }

  async close(): Promise<void> {}
}

serveBlocks(THREAD, (reading: Reading) => new TextCheck(reading));
