import { ARRAY, OBJECT } from './json-grammar.ts';
import type { ScanListener } from './json-scan.ts';

/** Stream exports no more messages of a user than this, and does not say so in the file. */
const STREAM_MESSAGES = 10_000;

/** Entities may stand in an envelope or two; deeper down nothing of them is looked for. */
const ENVELOPES = 2;

const LETTER_M = 0x6d;
const LETTER_T = 0x74;

/**
 * Counts, while a file is scanned, what its receipt and its completeness need. A message is taken to
 * be `{"type":"message"}` (also `messages`, `message.*`, or a message's own types),
 * `{"message":{…}}` or `{"messages":[…]}`.
 */
export class Census implements ScanListener {
  wordDepth = -1;
  wantsText = false;
  /** Elements of the lists of a document: of itself, or of its own keys. */
  elements = 0;
  /** Whether anything is an entity, or a part of one, by its name. */
  recognised = false;
  readonly #countMessages: boolean;
  #messages = 0;
  #depth = 0;
  /** Whether the key told last is the name of a kind, and its value is still to come. */
  #isNamed = false;
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
    return this.#full || (records >= STREAM_MESSAGES && !this.recognised);
  }

  get #full(): boolean {
    return this.#messages >= STREAM_MESSAGES;
  }

  get #counts(): boolean {
    return this.#countMessages && !this.#full;
  }

  opened(container: number, depth: number): void {
    this.#depth = depth;
    this.wantsText = false;
    if (depth === 1) this.#entityDepth = container === ARRAY ? 2 : 1;
    if (depth === this.#entityDepth) this.#beginEntity();
    if (depth === this.#entityDepth + 1 && container === OBJECT && this.#key === 'message') {
      this.#isMessage = true;
    }
    if (!this.recognised) this.#look(this.#isNamed);
    this.#isNamed = false;
  }

  closed(container: number, depth: number, length: number): void {
    if (container === ARRAY) this.#endList(depth, length);
    if (depth === this.#entityDepth) {
      this.#messages += Math.max(this.#listed, this.#isMessage ? 1 : 0);
      this.wordDepth = -1;
    }
    this.#depth = depth - 1;
    this.#isNamed = false;
    if (!this.recognised) this.#look(false);
  }

  key(word: Buffer, length: number): void {
    const first = word[0];
    const matters = !this.recognised || first === LETTER_M || first === LETTER_T;
    this.#key = matters ? word.toString('latin1', 0, length) : '';
    this.wantsText = this.#key === 'type';
    if (this.recognised) return;
    this.#isNamed = isKind(this.#key);
    this.#look(isListOfKind(this.#key) || FIELD.test(this.#key));
  }

  text(word: Buffer, length: number): void {
    if (!this.wantsText) return;
    this.wantsText = false;
    const type = word.toString('latin1', 0, length);
    if (!this.recognised) this.#look(isEntityType(type));
    if (this.#depth !== this.#entityDepth || !MESSAGE_TYPE.test(type)) return;
    this.#isMessage = true;
    // One message, whatever else it holds; only the plural may bring a list.
    if (type !== 'messages' && this.recognised) this.wordDepth = -1;
  }

  /** Nothing was recognised so far: all keys are told down to a depth, until something is. */
  #look(isKnown: boolean): void {
    this.recognised = isKnown;
    if (isKnown) this.wordDepth = this.#counts ? this.#entityDepth : -1;
    else if (this.#depth <= this.#entityDepth + ENVELOPES) this.wordDepth = this.#depth;
  }

  #beginEntity(): void {
    this.#key = '';
    this.wantsText = false;
    this.#isMessage = false;
    this.#listed = 0;
    this.wordDepth = this.#counts ? this.#entityDepth : -1;
  }

  #endList(depth: number, length: number): void {
    const ofDocument = depth === 1 || (depth === 2 && this.#entityDepth === 1);
    if (ofDocument) this.elements += length;
    if (depth === this.#entityDepth + 1 && this.#key === 'messages') this.#listed = length;
  }
}

/**
 * What Stream's exports may hold, and how they may name it. Their exact schemas are [U] (unconfirmed,
 * docs/providers/stream.md): documented are "one entity per line" (users) and the kinds of feed data.
 */
const KIND =
  /^(?:user|message|reaction|call|call_member|call_session|channel|member|membership|read|device|thread|draft|reminder|poll|vote|poll_vote|ban|mute|block|flag|attachment|feed|follow|comment|bookmark|bookmark_folder|folder|collection|pin)s?$|^(?:activity|activities|reply|replies|followers|following)$/v;
/** Fields of entities that stand for themselves. Ids do not: errors name the id that they are about. */
const FIELD =
  /^(?:text|html|role|custom|cid|own_data|last_active|source_feed|target_feed|fid|actor|verb|foreign_id|feed_id|reaction_counts)$/v;
/** What `type` says of an entity that is a message: that kind, or one of a message's own types. */
const MESSAGE_TYPE = /^(?:messages?|message\..*|regular|reply|system|deleted|ephemeral|error)$/v;
const WORD_OF_ERRORS = new Set(['error', 'system', 'deleted']);

export function isKind(key: string): boolean {
  return KIND.test(key);
}

/** A list of entities by its name alone: it may be null. `messages` are errors too. */
function isListOfKind(key: string): boolean {
  return key !== 'messages' && /ies$|s$/v.test(key) && isKind(key);
}

/** Whether `type` says what an entity is. */
export function isEntityType(type: string): boolean {
  const [kind = ''] = type.split('.', 1);
  return isKind(kind) || (MESSAGE_TYPE.test(type) && !WORD_OF_ERRORS.has(type));
}
