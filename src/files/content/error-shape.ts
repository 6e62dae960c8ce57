import { isEntityType, isKind } from './census.ts';

/**
 * What a piece of JSON says by its shape, the strongest last: nothing at all; a few words that may
 * be anybody's; an error and nothing beside it; data.
 */
const STRENGTH = ['nothing', 'words', 'error', 'data'] as const;
export type Says = (typeof STRENGTH)[number];

/** What one key of an object says. `told`: an error, unless an id stands beside it. */
type Part = Says | 'told' | 'id';

/** Deeper down nobody hides an error. */
const DEEPEST = 32;

/** Keys are compared as letters alone: `Error_Code` is `errorcode`. */
const NO_LETTER = /[^a-z]/gv;

/** Whatever is below these is the error. */
const ERROR =
  /^(?:is)?err(?:no|ors?)?$|^(?:fault|exception|failure)s?$|^(?:err|error|fault|exception)(?:code|type|name|id|key|msg|messages?|description|uri|url|details?|string|actor|class|info|text|title|reason|status|number)$|errors$/v;
const CODE = /^(?:http|grpc|sub|response|return|result|status|api|internal)?code(?:name)?$/v;
const STATUS = /^(?:http)?status$|^(?:state|result)$/v;
const FAILED =
  /^(?:err|fail|fault|denied|forbidden|unauth|unavailable|unknown|internal|time.?out|not.?found|bad.?request)/iv;
/** What is told in words: an error, if nothing else is there. Chat messages are called so as well. */
const TOLD =
  /^(?:(?:user|developer|dev|display|internal|system|status)?messages?|msg|details?|reason|cause|hint|problem|warnings?|statustext)$/v;
/** What hangs on errors. */
const APPENDIX =
  /^(?:details?|moreinfo|exceptionfields|extensions?|innererror|violations|invalidparams|issues|fields|causes?|context|debug|trace|traceback|stack|stacktrace|meta|metadata|links|headers|help|params|input|ctx)$/v;
/** What comes with any answer. */
const ENVELOPE =
  /^(?:success|ok|unrecoverable|retryable|duration|took|timestamp|time|date|servertime|(?:api)?version|jsonrpc|jsonapi|next|cursor|count|total|limit|offset|retryafter|documentationurl|cfray|logref|(?:x|amz)*(?:request|trace|span|correlation|transaction|incident|support|ray|host)id)$/v;
/** What stands beside errors and, elsewhere, in entities. */
const WORDS =
  /^(?:type|kind|title|name|description|severity|level|domain|loc|location|locationtype|target|path|instance|resource|url|uri|method|action|service|source|file|line|column|class|field|property|parameter|value|tag)$/v;

/** What a JSON value says. */
function says(value: unknown, depth = 0): Says {
  if (depth > DEEPEST) return 'data';
  if (Array.isArray(value)) return strongest(value, (each) => says(each, depth + 1));
  if (!isObject(value)) return isBlank(value) ? 'nothing' : 'data';
  return objectSays(value, depth);
}

function objectSays(value: object, depth: number): Says {
  const parts = new Set<Part>();
  for (const [key, each] of Object.entries(value)) {
    const said = part(key, each, depth);
    if (said === 'data') return 'data';
    parts.add(said);
  }
  if (parts.has('error') || (parts.has('told') && !parts.has('id'))) return 'error';
  return parts.has('words') || parts.has('told') || parts.has('id') ? 'words' : 'nothing';
}

function part(key: string, value: unknown, depth: number): Part {
  const word = key.toLowerCase().replace(NO_LETTER, '');
  if (value === false && (word === 'success' || word === 'ok')) return 'error';
  const inner = says(value, depth + 1);
  if (inner === 'nothing') return 'nothing';
  if (ERROR.test(word)) return 'error';
  return isPlain(value) ? plainPart(key, word, value) : innerPart(key, word, inner);
}

/** Of a value, or a list of values, that have no parts. */
function plainPart(key: string, word: string, value: unknown): Part {
  if (STATUS.test(word)) return isFailed(value) ? 'error' : 'words';
  if (CODE.test(word)) return 'error';
  if (TOLD.test(word)) return 'told';
  if (ENVELOPE.test(word) || APPENDIX.test(word)) return 'nothing';
  if (word.endsWith('id') || isKind(key)) return 'id';
  return WORDS.test(word) && !namesEntity(word, value) ? 'words' : 'data';
}

function namesEntity(word: string, value: unknown): boolean {
  return word === 'type' && typeof value === 'string' && isEntityType(value);
}

function innerPart(key: string, word: string, inner: Says): Part {
  if (word === 'message') return inner;
  if (isKind(key)) return 'data';
  return APPENDIX.test(word) && inner === 'data' ? 'words' : inner;
}

function isFailed(value: unknown): boolean {
  return Number(value) >= 400 || (typeof value === 'string' && FAILED.test(value));
}

/** What several say together; once one of them is data, the others are not looked at. */
function strongest<T>(all: readonly T[], saysOf: (each: T) => Says): Says {
  const said = new Set<Says>();
  for (const each of all) {
    said.add(saysOf(each));
    if (said.has('data')) break;
  }
  return STRENGTH.findLast((each) => said.has(each)) ?? 'nothing';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isPlain(value: unknown): boolean {
  return !isObject(value) || (Array.isArray(value) && !value.some(isObject));
}

/** What stands where nothing is. */
function isBlank(value: unknown): boolean {
  return value === null || value === '' || value === false || value === 0;
}

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
