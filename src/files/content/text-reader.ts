import type { StepError } from '../../requests/request.ts';
import { BlockThread, type ThreadKind, isLarge, serveBlocks } from './block-thread.ts';
import { type Found, type Reading, TextCheck } from './text.ts';

const TEXT_CHECK: ThreadKind<Reading, StepError | null, Found | StepError> = {
  module: import.meta.url,
  name: 'gdpr-text-check',
  begin: (reading) => new TextCheck(reading),
};

/** Reads JSON or JSON lines, one block after the other. */
export interface TextReader {
  /**
   * The error as soon as it is known: nothing need be fed from then on. The block must not change
   * until the feed after it, or the end, resolves.
   */
  feed(block: Uint8Array): Promise<StepError | null>;
  /** The file ends here. */
  end(): Promise<Found | StepError>;
  /** Must be called at the end, whatever happened. */
  close(): Promise<void>;
}

/** The reader for a file of about so many bytes (null: unknown); a large one is read beside. */
export function textReader(reading: Reading, bytes: number | null): TextReader {
  return isLarge(bytes) ? new ThreadReader(reading) : new DirectReader(reading);
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

/** Reads a block while the next one comes, so an error is told one block later. */
class ThreadReader implements TextReader {
  readonly #thread: BlockThread<Reading, StepError | null, Found | StepError>;
  #before: Promise<StepError | null> = Promise.resolve(null);

  constructor(reading: Reading) {
    this.#thread = new BlockThread(TEXT_CHECK, reading);
  }

  async feed(block: Uint8Array): Promise<StepError | null> {
    const error = await this.#before;
    if (error !== null) return error;
    this.#before = this.#thread.feed(block);
    // A thread that dies is found by the next feed; until then its failure waits there.
    void Promise.allSettled([this.#before]);
    return null;
  }

  async end(): Promise<Found | StepError> {
    return (await this.#before) ?? this.#thread.end();
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}

serveBlocks(TEXT_CHECK);
