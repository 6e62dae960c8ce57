import type { StepError } from '../../requests/request.ts';
import { isError } from './error-shape.ts';
import { kindOf } from './kind.ts';
import {
  ERROR_CAME,
  type FileReading,
  type Found,
  type TextReader,
  refusal,
  textReader,
} from './text.ts';
import { checkZip } from './zip.ts';

/** Checks a file by its content: text while its blocks pass by, a zip once it is all there. */
export class ContentCheck {
  readonly #reading: FileReading;
  readonly #bytes: number | null;
  #begun = false;
  #text: TextReader | null = null;

  /** `bytes` is the length announced. */
  constructor(reading: FileReading, bytes: number | null) {
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
    if (this.#reading.prefer === 'zip') return notZip(block.subarray(kind.start));
    this.#text = textReader(this.#reading, this.#bytes);
    return this.#text.feed(block.subarray(kind.start));
  }

  /** The file ends here; `fd` and `length` are of what was written of it. */
  async end(fd: number, length: number, signal: AbortSignal): Promise<Found | StepError> {
    if (this.#text !== null) return this.#text.end();
    const found = await checkZip(fd, length, signal);
    if ('code' in found) return found;
    // Only where a zip is due is it known what one holds.
    const recognised = this.#reading.prefer === 'zip' && found.json;
    return { format: 'zip', records: found.files, cut: false, recognised };
  }

  /** Must be called at the end, whatever happened. */
  async close(): Promise<void> {
    await this.#text?.close();
  }
}

function notZip(file: Uint8Array): StepError {
  return isError(file)
    ? refusal('file_error', ERROR_CAME)
    : refusal('file_not_zip', 'the file is not a zip, as this export always is');
}
