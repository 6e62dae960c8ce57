import type { StepError } from '../requests/request.ts';
import { kindOf } from './kind.ts';
import type { Found, Reading } from './text-check.ts';
import { textReader, type TextReader } from './text-reader.ts';
import { checkZip } from './zip-check.ts';

/** Checks a file by its content: text while its blocks pass by, a zip once it is all there. */
export class ContentCheck {
  readonly #reading: Reading;
  readonly #bytes: number | null;
  #begun = false;
  #text: TextReader | null = null;

  /** `bytes` is the length announced. */
  constructor(reading: Reading, bytes: number | null) {
    this.#reading = reading;
    this.#bytes = bytes;
  }

  /**
   * The error as soon as it is known: nothing need be fed from then on. The block must not change
   * until the feed after it, or the end, resolves.
   */
  async feed(block: Uint8Array): Promise<StepError | null> {
    if (this.#begun) return this.#text?.feed(block) ?? null;
    this.#begun = true;
    const kind = kindOf(block);
    if (kind.kind === 'refused') return kind.error;
    if (kind.kind === 'zip') return null;
    this.#text = textReader(this.#reading, this.#bytes);
    return this.#text.feed(block.subarray(kind.start));
  }

  /** The file ends here; `fd` and `length` are of what was written of it. */
  async end(fd: number, length: number, signal: AbortSignal): Promise<Found | StepError> {
    if (this.#text !== null) return this.#text.end();
    const found = await checkZip(fd, length, signal);
    return typeof found === 'number' ? { format: 'zip', records: found, cut: false } : found;
  }

  /** Must be called at the end, whatever happened. */
  async close(): Promise<void> {
    await this.#text?.close();
  }
}
