import { type Says, says, strongest } from './says.ts';

/** No error in JSON is longer, and none that is would pass for data: nothing in it is recognised. */
const LONGEST = 1024 * 1024;

/** Keeps a short file of JSON or JSON lines, to tell at its end what it says by its shape. */
export class JsonHead {
  #blocks: Buffer[] | null = [];
  #length = 0;

  feed(block: Uint8Array): void {
    this.#length += block.length;
    if (this.#length > LONGEST) this.#blocks = null;
    // The block's memory is used again for the next one.
    this.#blocks?.push(Buffer.from(block));
  }

  /** Null: it is too long for that. The file must be whole. */
  says(asLines: boolean): Says | null {
    if (this.#blocks === null) return null;
    const text = Buffer.concat(this.#blocks).toString('utf8');
    const documents = asLines ? text.split('\n').filter((line) => line.trim() !== '') : [text];
    return strongest(documents, (document) => says(JSON.parse(document)));
  }
}

/** Whether a file that should be something else is one error in JSON. */
export function isError(file: Uint8Array): boolean {
  try {
    return says(JSON.parse(Buffer.from(file).toString('utf8'))) === 'error';
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return false;
    throw thrown;
  }
}
