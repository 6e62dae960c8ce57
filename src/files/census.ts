import { ARRAY, OBJECT } from './json-grammar.ts';
import type { ScanListener } from './json-scan.ts';

/** Stream exports no more messages of a user than this, and does not say so in the file. */
const STREAM_MESSAGES = 10_000;

/**
 * How a line of Stream's users export may name what it holds. The exact schema is [U] (unconfirmed,
 * api/stream.md): documented is "one entity per line". A message is taken to be `{"type":"message"}`
 * (also `messages`, `message.*`, or a message's own types), `{"message":{…}}` or `{"messages":[…]}`.
 */
const MESSAGE_TYPE = /^(?:messages?|message\..*|regular|reply|system|deleted|ephemeral|error)$/v;
const ENTITY_KEY =
  /^(?:user|message|reaction|call|call_member|channel|member|read|device|thread|poll|vote|activity|follow|feed|comment)s?$/v;

const LETTER_M = 0x6d;
const LETTER_T = 0x74;

/** Counts, while a file is scanned, what its receipt and its completeness need. */
export class Census implements ScanListener {
  wordDepth = -1;
  wantsText = false;
  /** Elements of the lists of a document: of itself, or of its own keys. */
  elements = 0;
  readonly #countMessages: boolean;
  #messages = 0;
  #recognised = 0;
  /** Where an entity stands: at the top, or in the list at the top. */
  #entityDepth = 1;
  #key = '';
  #isMessage = false;
  #listed = 0;

  constructor(countMessages: boolean) {
    this.#countMessages = countMessages;
  }

  /** Whether Stream's limit may have cut a file of so many records. */
  cut(records: number): boolean {
    if (!this.#countMessages) return false;
    return this.#full || (records >= STREAM_MESSAGES && this.#recognised === 0);
  }

  get #full(): boolean {
    return this.#messages >= STREAM_MESSAGES;
  }

  opened(container: number, depth: number): void {
    if (depth === 1) this.#entityDepth = container === ARRAY ? 2 : 1;
    if (depth === this.#entityDepth) this.#beginEntity();
    if (depth === this.#entityDepth + 1 && container === OBJECT && this.#key === 'message') {
      this.#isMessage = true;
    }
  }

  closed(container: number, depth: number, length: number): void {
    if (container === ARRAY) this.#endList(depth, length);
    if (depth === this.#entityDepth) {
      this.#messages += Math.max(this.#listed, this.#isMessage ? 1 : 0);
      this.wordDepth = -1;
    }
  }

  key(word: Buffer, length: number): void {
    const first = word[0];
    const matters = this.#recognised === 0 || first === LETTER_M || first === LETTER_T;
    this.#key = matters ? word.toString('latin1', 0, length) : '';
    this.wantsText = this.#key === 'type';
    if (this.#recognised === 0 && ENTITY_KEY.test(this.#key)) this.#recognised += 1;
  }

  text(word: Buffer, length: number): void {
    if (!this.wantsText) return;
    this.wantsText = false;
    this.#recognised += 1;
    const type = word.toString('latin1', 0, length);
    if (!MESSAGE_TYPE.test(type)) return;
    this.#isMessage = true;
    // One message, whatever else it holds; only the plural may bring a list.
    if (type !== 'messages') this.wordDepth = -1;
  }

  #beginEntity(): void {
    this.#key = '';
    this.wantsText = false;
    this.#isMessage = false;
    this.#listed = 0;
    this.wordDepth = this.#countMessages && !this.#full ? this.#entityDepth : -1;
  }

  #endList(depth: number, length: number): void {
    const ofDocument = depth === 1 || (depth === 2 && this.#entityDepth === 1);
    if (ofDocument) this.elements += length;
    if (depth === this.#entityDepth + 1 && this.#key === 'messages') this.#listed = length;
  }
}
