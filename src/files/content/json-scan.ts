import {
  ACTION,
  ARRAY,
  CONTEXTS,
  FINAL,
  FIRST_ACTION,
  OBJECT,
  PLAIN,
  SILENT_TABLE,
  STRINGS,
  TABLE,
  state,
} from './json-grammar.ts';

/** Deeper nesting is refused: no export needs it, and readers of the file would fall over it. */
export const MAX_DEPTH = 10_000;

/** Longer keys and words than this are none that anybody here knows. */
const WORD = 64;
const BACKSLASH = 0x5c;

const KEY = state('key');
const VALUE_TOP = state('value:top');
const VALUE_ARRAY = state('value:array');
const FIRST_IN_OBJECT = state('first in object');
const FIRST_IN_ARRAY = state('first in array');
const COLON = state('colon');
const AFTER = CONTEXTS.map((context) => state(`after:${context}`));

/** What the scanner tells about the upper levels of what it reads; depth 1 is a value at the top. */
export interface ScanListener {
  /** Keys directly in the container at this depth are told; -1: none. */
  readonly wordDepth: number;
  /** Whether the text that follows the last key told is told too. */
  readonly wantsText: boolean;
  opened(container: number, depth: number): void;
  closed(container: number, depth: number, length: number): void;
  /** The word stands in the first `length` bytes; 0: empty, too long, or written with an escape. */
  key(word: Buffer, length: number): void;
  text(word: Buffer, length: number): void;
}

export type ScanFault = 'not_json' | 'too_deep';

/**
 * Reads JSON values, one or more on lines of their own, from blocks of bytes of any size, in memory
 * that depends on neither. Nothing is built: it says whether the grammar holds, and what it counted.
 */
export class JsonScan {
  /** Values at the top that are whole, and the line breaks inside them. */
  values = 0;
  innerLines = 0;
  /** Whether there was any object or array. */
  structured = false;
  fault: ScanFault | null = null;
  /** Bytes read before the fault. */
  offset = 0;

  readonly #listener: ScanListener;
  #state = VALUE_TOP;
  #depth = 0;
  readonly #containers = new Uint8Array(MAX_DEPTH + 1);
  readonly #commas = new Float64Array(MAX_DEPTH + 1);
  readonly #word = Buffer.alloc(WORD);
  #wordLength = 0;

  constructor(listener: ScanListener) {
    this.#listener = listener;
  }

  /** False once the grammar is broken; nothing is read from then on. */
  feed(block: Uint8Array): boolean {
    if (this.fault !== null) return false;
    const plain = PLAIN;
    const end = block.length;
    let now = this.#state;
    let at = 0;
    let telling = this.#depth === this.#listener.wordDepth;
    let table = tableFor(telling);
    while (at < end) {
      if (now < STRINGS) {
        const start = at;
        while (at < end && plain[block[at]!] === 1) at += 1;
        if (telling) this.#collect(now, block, start, at);
        if (at === end) break;
      }
      const next = table[(now << 8) | block[at]!]!;
      at += 1;
      if (next < FIRST_ACTION) {
        now = next;
        continue;
      }
      now = this.#act(next, now);
      if (this.fault !== null) break;
      telling = this.#depth === this.#listener.wordDepth;
      table = tableFor(telling);
    }
    this.#state = now;
    this.offset += at;
    return this.fault === null;
  }

  /** The file ends here: whether its last value is whole. */
  end(): boolean {
    const whole = this.fault === null && this.#depth === 0 && FINAL.has(this.#state);
    if (whole && this.#state !== VALUE_TOP) this.values += 1;
    return whole;
  }

  #act(action: number, now: number): number {
    switch (action) {
      case ACTION.openObject:
        return this.#open(OBJECT, FIRST_IN_OBJECT);
      case ACTION.openArray:
        return this.#open(ARRAY, FIRST_IN_ARRAY);
      case ACTION.close:
        return this.#close(now);
      case ACTION.comma:
        this.#commas[this.#depth] = this.#commas[this.#depth]! + 1;
        return VALUE_ARRAY;
      case ACTION.keyEnd:
        this.#listener.key(this.#word, this.#takeWord());
        return COLON;
      case ACTION.textEnd:
        this.#listener.text(this.#word, this.#takeWord());
        return this.#after();
      case ACTION.lineEnd:
        this.values += 1;
        return VALUE_TOP;
      case ACTION.innerLine:
        this.innerLines += 1;
        return now;
      case ACTION.innerLineAfter:
        this.innerLines += 1;
        return this.#after();
      default:
        this.fault = 'not_json';
        return now;
    }
  }

  #open(container: number, next: number): number {
    if (this.#depth === MAX_DEPTH) {
      this.fault = 'too_deep';
      return next;
    }
    this.#depth += 1;
    this.structured = true;
    this.#containers[this.#depth] = container;
    this.#commas[this.#depth] = 0;
    this.#listener.opened(container, this.#depth);
    return next;
  }

  #close(now: number): number {
    const depth = this.#depth;
    const length = now === FIRST_IN_ARRAY ? 0 : this.#commas[depth]! + 1;
    this.#listener.closed(this.#containers[depth]!, depth, length);
    this.#depth = depth - 1;
    return this.#after();
  }

  #after(): number {
    const container = this.#depth === 0 ? 0 : this.#containers[this.#depth]!;
    return AFTER[container]!;
  }

  #collect(now: number, block: Uint8Array, start: number, end: number): void {
    if (now !== KEY && !this.#listener.wantsText) return;
    const length = this.#wordLength + end - start;
    if (length > WORD || block[end] === BACKSLASH) {
      this.#wordLength = WORD + 1;
      return;
    }
    for (let at = start; at < end; at += 1) {
      this.#word[this.#wordLength] = block[at]!;
      this.#wordLength += 1;
    }
  }

  #takeWord(): number {
    const length = this.#wordLength;
    this.#wordLength = 0;
    return length > WORD ? 0 : length;
  }
}

function tableFor(telling: boolean): Uint8Array {
  return telling ? TABLE : SILENT_TABLE;
}
