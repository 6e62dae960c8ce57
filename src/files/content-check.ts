import type { StepError } from '../requests/request.ts';
import { kindOf } from './kind.ts';
import { TextCheck, type Found, type Reading } from './text-check.ts';
import { checkZip } from './zip-check.ts';

/** Checks a file by its content: text while its blocks pass by, a zip once it is all there. */
export class ContentCheck {
  readonly #reading: Reading;
  #begun = false;
  #text: TextCheck | null = null;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** The error as soon as there is one: nothing need be fed from then on. */
  feed(block: Uint8Array): StepError | null {
    if (this.#begun) return this.#text?.feed(block) ?? null;
    this.#begun = true;
    const kind = kindOf(block);
    if (kind.kind === 'refused') return kind.error;
    if (kind.kind === 'zip') return null;
    this.#text = new TextCheck(this.#reading);
    return this.#text.feed(block.subarray(kind.start));
  }

  /** The file ends here; `fd` and `length` are of what was written of it. */
  async end(fd: number, length: number, signal: AbortSignal): Promise<Found | StepError> {
    if (this.#text !== null) return this.#text.end();
    const found = await checkZip(fd, length, signal);
    return typeof found === 'number' ? { format: 'zip', records: found, cut: false } : found;
  }
}
