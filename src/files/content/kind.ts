import type { StepError } from '../../requests/request.ts';
import { NOT_JSON, bomLength, refusal } from './text.ts';

const BLANK = new Set([0x20, 0x09, 0x0a, 0x0d]);
const LESS_THAN = 0x3c;
/** What a JSON value begins with. */
const JSON_FIRST = new Set(Buffer.from('{["-0123456789tfn'));

/** What a file holds by its first block, never by its name. `start`: where the text begins. */
export type Kind =
  | { kind: 'zip' }
  | { kind: 'text'; start: number }
  | { kind: 'refused'; error: StepError };

/** The kind of the file that begins with this block. */
export function kindOf(block: Uint8Array): Kind {
  if (block[0] === 0x50 && block[1] === 0x4b) return { kind: 'zip' };
  const start = bomLength(block);
  let at = start;
  while (at < block.length && BLANK.has(block[at]!)) at += 1;
  const first = block[at];
  if (first === undefined || JSON_FIRST.has(first)) return { kind: 'text', start };
  if (first === LESS_THAN) return { kind: 'refused', error: errorPage(block.subarray(at)) };
  return { kind: 'refused', error: unknownKind(block) };
}

function unknownKind(block: Uint8Array): StepError {
  const gzip = block[0] === 0x1f && block[1] === 0x8b;
  return refusal('file_unknown', gzip ? `${NOT_JSON}, but gzip` : NOT_JSON);
}

/** An error page is told from its beginning; this much of it is looked at. */
const HEAD = 4096;
const HTML = /<(?:!doctype\s+html|html|head|body|title|h1)[\s>]/iv;
const STORE_CODE = /<Code>\s*(?<code>[A-Za-z]{1,64})\s*<\/Code>/v;

/**
 * The error for a file that begins with `<`: a web page, or XML as object stores answer with, whose
 * `<Code>` is named. Nothing else of it is: messages there quote signed links.
 */
function errorPage(file: Uint8Array): StepError {
  const head = Buffer.from(file.subarray(0, HEAD)).toString('latin1');
  if (HTML.test(head)) return refusal('file_html', 'a web page (HTML) came instead of the file');
  const code = STORE_CODE.exec(head)?.groups?.['code'];
  const said = code === undefined ? '' : `, error ${code}`;
  return refusal('file_xml', `XML came instead of the file, as file stores answer${said}`);
}
